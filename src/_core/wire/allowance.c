#include "allowance.h"

#include <string.h>

#include "packet.h"

void ac_allowance_init(ac_allowance *allowance, const double *items_a_second, const double *bytes_a_second,
                       double burst, uint64_t now_ns) {
    memset(allowance, 0, sizeof *allowance);
    for (int flow = 0; flow < AC_FLOWS; flow++) {
        double items = items_a_second[flow], bytes = bytes_a_second[flow];
        allowance->items[flow] = (ac_bucket){items, items * burst, items * burst};
        allowance->bytes[flow] = (ac_bucket){bytes, bytes * burst, bytes * burst};
        allowance->last_ns[flow] = now_ns;
    }
}

ac_flow ac_flow_of(uint16_t type) {
    switch (type) {
    case AC_IMAGE_FRAME:
    case AC_IMAGE_FRAME_H265:
        return AC_FLOW_PICTURES;
    case AC_AUDIO_BATCH:
    case AC_AUDIO_OPUS_BATCH:
        return AC_FLOW_SOUND;
    default:
        return AC_FLOW_CONTROL;
    }
}

static bool take(ac_bucket *bucket, double amount, double seconds) {
    if (bucket->rate <= 0.0) return true;
    bucket->level += bucket->rate * seconds;
    if (bucket->level > bucket->most) bucket->level = bucket->most;
    bucket->level -= amount;
    return bucket->level >= 0.0;
}

bool ac_allowance_take(ac_allowance *allowance, ac_flow flow, uint32_t items, uint32_t bytes,
                       uint64_t now_ns) {
    double seconds = 0.0;
    if (now_ns > allowance->last_ns[flow]) seconds = (double)(now_ns - allowance->last_ns[flow]) * 1e-9;
    allowance->last_ns[flow] = now_ns;
    bool enough_items = take(&allowance->items[flow], items, seconds);
    return take(&allowance->bytes[flow], bytes, seconds) && enough_items;
}

const char *ac_flow_text(ac_flow flow) {
    switch (flow) {
    case AC_FLOW_PICTURES:
        return "pictures";
    case AC_FLOW_SOUND:
        return "sound";
    default:
        return "control packets";
    }
}
