/* Any bytes on the line: headers, size rules, and all that follows. The first byte says whether we are the
   server (1), whether the connection is encrypted (2), and whether magic and CRCs are to be left as they are
   (4). */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    uint8_t *wire = malloc(size);
    CHECK(wire != NULL);
    memcpy(wire, data + 1, size - 1);
    line_seal seal = data[0] & 8 ? LINE_NOISE : data[0] & 2 ? LINE_NATIVE : LINE_CLEAR;
    if (!(data[0] & 4)) line_mend(wire, size - 1, seal);
    line_receive(wire, size - 1, data[0] & 1, seal);
    free(wire);
    return 0;
}
