/* Sound: the first byte's lowest bit chooses the payload of AUDIO_OPUS_BATCH (batches within batches too) or
   of AUDIO_BATCH. */
#include "line.h"
#include "wire/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    line_receive_payload(data[0] & 1 ? AC_AUDIO_BATCH : AC_AUDIO_OPUS_BATCH, data + 1, size - 1);
    return 0;
}
