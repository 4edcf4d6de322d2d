/* The payload of IMAGE_FRAME_H265: the one or two small headers, and where the first start code is. */
#include "line.h"
#include "wire/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    line_receive_payload(AC_IMAGE_FRAME_H265, data, size);
    return 0;
}
