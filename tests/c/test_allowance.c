/* What a peer may send: the liveliest native client never runs dry, a flood does. */
#include "check.h"
#include "wire/allowance.h"
#include "wire/packet.h"

#define SECOND UINT64_C(1000000000)

/* The defaults of asciichat.server.limits. */
static const double items[AC_FLOWS] = {200, 250, 100};
static const double bytes[AC_FLOWS] = {64 << 20, 2 << 20, 64 << 10};
#define BURST 4.0

/* One client for `seconds`, from `begin` on, as it reaches the server with a clock of `now`. */
static bool lives(ac_allowance *allowance, double seconds, int pictures_a_second, uint32_t picture,
                  uint64_t *now, bool at_once) {
    uint64_t begin = *now;
    int count = (int)(seconds * pictures_a_second);
    for (int i = 0; i < count; i++) {
        if (!at_once) *now = begin + (uint64_t)i * SECOND / (uint64_t)pictures_a_second;
        if (!ac_allowance_take(allowance, AC_FLOW_PICTURES, 1, picture, *now)) return false;
        /* Sound in packets of two frames every 40 ms, a ping a second. */
        if (i * 25 / pictures_a_second != (i + 1) * 25 / pictures_a_second &&
            !ac_allowance_take(allowance, AC_FLOW_SOUND, 2, 700, *now))
            return false;
        if (i % pictures_a_second == 0 && !ac_allowance_take(allowance, AC_FLOW_CONTROL, 1, 0, *now))
            return false;
    }
    return true;
}

static void the_liveliest_client_never_runs_dry(void) {
    uint64_t now = SECOND;
    ac_allowance allowance;
    ac_allowance_init(&allowance, items, bytes, BURST, now);
    CHECK(lives(&allowance, 600.0, 60, 24 + 480 * 270 * 3, &now, false));  /* raw pictures, ten minutes */
    CHECK(lives(&allowance, 600.0, 144, 24 + 480 * 270 * 3, &now, false)); /* a camera of 144 a second */
}

static void what_a_stall_held_back_may_come_at_once(void) {
    uint64_t now = SECOND;
    ac_allowance allowance;
    ac_allowance_init(&allowance, items, bytes, BURST, now);
    for (int stall = 0; stall < 20; stall++) {
        now += 5 * SECOND; /* longer and it is let go for its silence */
        CHECK(lives(&allowance, 5.0, 60, 8000, &now, true));
    }
}

static void a_flood_runs_dry(void) {
    for (int flow = 0; flow < AC_FLOWS; flow++) {
        uint64_t now = SECOND;
        ac_allowance allowance;
        ac_allowance_init(&allowance, items, bytes, BURST, now);
        int most = (int)(items[flow] * BURST), taken = 0;
        while (ac_allowance_take(&allowance, (ac_flow)flow, 1, 1, now)) taken++;
        CHECK(taken == most);
        /* Time brings back what the rate says, and the last one that was refused is owed. */
        now += 2 * SECOND;
        for (taken = 0; ac_allowance_take(&allowance, (ac_flow)flow, 1, 1, now);) taken++;
        CHECK(taken == (int)(2 * items[flow]) - 1);
    }
}

static void bytes_run_dry_too(void) {
    uint64_t now = SECOND;
    ac_allowance allowance;
    ac_allowance_init(&allowance, items, bytes, BURST, now);
    uint32_t large = 2 << 20;
    int taken = 0;
    while (ac_allowance_take(&allowance, AC_FLOW_PICTURES, 1, large, now)) taken++;
    CHECK(taken == (int)(bytes[AC_FLOW_PICTURES] * BURST / large));
    CHECK(ac_allowance_take(&allowance, AC_FLOW_SOUND, 1, 100, now)); /* each flow has its own */
}

static void a_batch_counts_by_its_frames(void) {
    uint64_t now = SECOND;
    ac_allowance allowance;
    ac_allowance_init(&allowance, items, bytes, BURST, now);
    CHECK(ac_allowance_take(&allowance, AC_FLOW_SOUND, 1000, 100, now));
    CHECK(!ac_allowance_take(&allowance, AC_FLOW_SOUND, 1000, 100, now));
    CHECK(!ac_allowance_take(&allowance, AC_FLOW_SOUND, UINT32_MAX, 100, now));
}

static void without_a_rate_there_is_no_limit(void) {
    ac_allowance allowance = {0};
    for (int i = 0; i < 1000000; i++)
        CHECK(ac_allowance_take(&allowance, AC_FLOW_CONTROL, 1000, 1000000, SECOND));
}

static void every_type_has_its_flow(void) {
    CHECK(ac_flow_of(AC_IMAGE_FRAME) == AC_FLOW_PICTURES &&
          ac_flow_of(AC_IMAGE_FRAME_H265) == AC_FLOW_PICTURES);
    CHECK(ac_flow_of(AC_AUDIO_BATCH) == AC_FLOW_SOUND && ac_flow_of(AC_AUDIO_OPUS_BATCH) == AC_FLOW_SOUND);
    CHECK(ac_flow_of(AC_PING) == AC_FLOW_CONTROL && ac_flow_of(4242) == AC_FLOW_CONTROL);
}

int main(void) {
    the_liveliest_client_never_runs_dry();
    what_a_stall_held_back_may_come_at_once();
    a_flood_runs_dry();
    bytes_run_dry_too();
    a_batch_counts_by_its_frames();
    without_a_rate_there_is_no_limit();
    every_type_has_its_flow();
    return 0;
}
