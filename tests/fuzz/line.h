/* A line whose other end has said everything it will ever say: what the fuzz targets feed to the receive
   thread's body.

   The codecs are stand-ins. Envelopes open without a key, so that a fuzzer gets past them; sound "decodes" by
   reading every byte and writing as many samples as the bytes say, so that a wrong length is an access out of
   bounds. */
#ifndef ASCIICHAT_FUZZ_LINE_H
#define ASCIICHAT_FUZZ_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "picture/frame.h"

#define LINE_SESSION 0x5A /* every byte of our own session id */

/* How packets are sealed: not at all, as with native peers, as after a Noise handshake. */
typedef enum { LINE_CLEAR, LINE_NATIVE, LINE_NOISE } line_seal;

/* Put the stand-ins where the core looks for its codecs. Any number of times. */
void line_codecs(void);

/* Give every packet in wire[0..length) the magic and the CRCs that its bytes ask for; no fuzzer guesses
 * those. */
void line_mend(uint8_t *wire, size_t length, line_seal seal);

/* Receive these bytes and then the end of the connection, as a server or a client; every promise of receive.h
   about what is handed out is checked. What was shown last is in *frames, until the next call. */
ac_frames *line_receive(const uint8_t *wire, size_t length, bool server, line_seal seal);

/* Receive one packet of this type with this payload, as a server. */
ac_frames *line_receive_payload(uint16_t type, const uint8_t *payload, size_t length);

/* What every target is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
