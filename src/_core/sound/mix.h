/* The mixer. Work that is the same for all listeners is done once a block, on the bus; a listener's mix is
   the total minus its own contribution, then its own compressor and limiter: N listeners cost O(N), not
   O(N^2).

   Blocks follow the room's clock: block n holds samples floor(n * 48000 / 172) up to floor((n + 1) * 48000 /
   172), so that the long-run rate is 48000 exactly. */
#ifndef ASCIICHAT_MIX_H
#define ASCIICHAT_MIX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/wake.h"
#include "sample_ring.h"

#define AC_AUDIO_RATE 48000
#define AC_AUDIO_TICKS 172 /* blocks a second */
#define AC_BLOCK_MAX 280   /* samples in the longest block */
#define AC_BUS_BLOCKS 16   /* finished blocks kept: a listener may be 93 ms late */
#define AC_MIX_SOURCES 32

/* First sample of block n. */
static inline uint64_t ac_block_start(uint64_t block) {
    return block * AC_AUDIO_RATE / AC_AUDIO_TICKS;
}

/* One source as the bus sees it: the ring the receive thread writes, the jitter buffer's cursor, and the
   source's own DSP state. Only the bus's present worker touches anything but the ring and the atomics. */
typedef struct ac_voice ac_voice;

/* One listener's own state: compressor, limiter. Touched by its audio thread alone. */
typedef struct ac_listener ac_listener;

typedef struct ac_bus ac_bus;

ac_bus *ac_bus_create(uint64_t start_ns); /* block 0 begins at start_ns; NULL without memory */
void ac_bus_destroy(ac_bus *bus);

/* A voice for slot 0 to 31; NULL without memory. The voice outlives its place on the bus. */
ac_voice *ac_voice_create(void);
void ac_voice_destroy(ac_voice *voice);

/* What may be done to a voice beside DC removal and the gate; all off in a new voice. Before it is on a bus.
 */
typedef struct {
    bool automatic_level; /* bring quiet and loud talkers to one loudness */
    float high_pass_hz;   /* 0: none; native clients have one at 150 Hz already */
} ac_voice_options;
void ac_voice_configure(ac_voice *voice, const ac_voice_options *options);

/* Nobody hears it until unmuted. Any thread. */
void ac_voice_mute(ac_voice *voice, bool muted);

/* Writer side of a voice (the receive thread): decoded samples, -1 to 1, that have just come (a packet a
   call: when each comes tells how long to hold them back), or came at `now_ns` on the bus's clock. */
void ac_voice_write(ac_voice *voice, const float *samples, int count);
void ac_voice_write_at(ac_voice *voice, const float *samples, int count, uint64_t now_ns);

/* Reader side, for who wants a source's samples as they were written, before the jitter buffer and whether it
   is muted or not: up to `count` from *cursor on, which moves. Returns how many; *lost is how many were
   overwritten before. Any thread that keeps the voice from being destroyed. */
size_t ac_voice_read(const ac_voice *voice, uint64_t *cursor, float *samples, size_t count, uint64_t *lost);

/* Put a voice into a slot, or take it out (NULL). Returns once no worker can be inside the old voice: bounded
   by one block's work. For the thread that adds and removes clients. */
void ac_bus_set_voice(ac_bus *bus, int slot, ac_voice *voice);

/* The same, but wait no longer than until `deadline_ns`. False: a worker may still be inside the old voice.
 */
bool ac_bus_change_voice(ac_bus *bus, int slot, ac_voice *voice, uint64_t deadline_ns);

ac_listener *ac_listener_create(void);
void ac_listener_destroy(ac_listener *listener);

/* Mix block `block` for the listener in `slot` (its own voice is left out) into samples[AC_BLOCK_MAX];
   returns its length. If the block is not on the bus yet, the caller does the bus work for all, unless
   another thread is at it: then it waits for that one up to `wait_ns`. Returns 0 when the block is not ready
   in time (ask again at the next tick), -1 when it is gone already (the listener was over 90 ms late: go on
   from ac_bus_block()). `silent` is set when every sample is 0. */
int ac_bus_mix(ac_bus *bus, int slot, ac_listener *listener, uint64_t block, uint64_t now_ns,
               uint64_t wait_ns, float *samples, bool *silent);

/* Do the bus work that is due, unless another thread is at it: for those who want to know who speaks and
   take no mix. Never waits. */
void ac_bus_advance(ac_bus *bus, uint64_t now_ns);

/* Blocks finished so far. */
uint64_t ac_bus_progress(const ac_bus *bus);

/* The newest block that is due at `now_ns`. */
uint64_t ac_bus_block(const ac_bus *bus, uint64_t now_ns);

/* When block n is due: at the end of the samples it holds. */
uint64_t ac_bus_deadline(const ac_bus *bus, uint64_t block);

/* Loudness of the voice in a slot, dBFS (-120: silent), and whether it speaks; any thread. */
float ac_bus_level(const ac_bus *bus, int slot);
bool ac_bus_speaking(const ac_bus *bus, int slot);

/* What happened to a voice, counted since it was created; any thread. */
typedef struct {
    uint64_t written;   /* samples */
    uint64_t underruns; /* times the jitter buffer ran dry while the source was sending */
    uint64_t dropped;   /* samples thrown away because the buffer grew too long */
    uint32_t target;    /* samples of delay the jitter buffer aims for */
    uint64_t concealed; /* samples made up because nothing had come */
    int32_t lateness;   /* samples of delay it has now */
} ac_voice_counts;
ac_voice_counts ac_voice_count(const ac_voice *voice);

#endif
