/* A line's rate is found by sending, and pictures keep to it. The line here is simulated: it takes so many
   bytes a second, and holds back what it has not taken yet. */
#include "check.h"
#include "wire/link.h"

#define MS UINT64_C(1000000)

typedef struct {
    ac_link link;
    uint64_t now_ns;
    double rate;   /* bytes a second */
    double queued; /* in the kernel */
    double router; /* bytes for which a router on the way has room */
    double routed; /* bytes that wait there */
    double round_trip_ns;
    uint64_t pictures, bytes, longest_wait_ns;
} line;

static void pass(line *l, uint64_t ns) {
    const double took = l->rate * (double)ns / 1e9;
    if (l->router != 0) {
        /* What the router has room for leaves the kernel at once. */
        l->routed = l->routed > took ? l->routed - took : 0;
        const double room = l->router - l->routed, goes = l->queued < room ? l->queued : room;
        l->queued -= goes;
        l->routed += goes;
        /* Smoothed, as TCP does it. */
        l->round_trip_ns += (20e6 + l->routed / l->rate * 1e9 - l->round_trip_ns) / 8;
    } else {
        l->queued = l->queued > took ? l->queued - took : 0;
    }
    l->now_ns += ns;
}

static void judge(line *l) {
    if (!ac_link_due(&l->link, l->now_ns)) return;
    ac_link_on_its_way(&l->link, (uint64_t)l->round_trip_ns, (uint64_t)(l->queued + l->routed));
    ac_link_judge(&l->link, l->now_ns);
}

static void wait_for_line(line *l) {
    const double before = l->queued;
    pass(l, MS);
    ac_link_busy(&l->link, (uint64_t)(before - l->queued), MS);
}

/* A sender that has a picture of so many bytes whenever one may go, and sound every 20 ms. */
static void send_for(line *l, uint64_t ms, double picture) {
    const uint64_t end = l->now_ns + ms * MS;
    uint64_t sound = l->now_ns;
    while (l->now_ns < end) {
        judge(l);
        if (l->now_ns >= sound) {
            const uint64_t wait = (uint64_t)((l->queued + l->routed) / l->rate * 1e9);
            if (wait > l->longest_wait_ns) l->longest_wait_ns = wait;
            ac_link_wrote(&l->link, 300);
            l->queued += 300;
            sound += 20 * MS;
        }
        if (picture == 0 || ac_link_next(&l->link) > l->now_ns) {
            pass(l, MS);
        } else if (l->queued >= ac_link_held(&l->link)) {
            wait_for_line(l);
        } else {
            ac_link_picture(&l->link, (size_t)picture, l->now_ns);
            ac_link_wrote(&l->link, (size_t)picture);
            l->queued += picture;
            l->pictures++;
            l->bytes += (uint64_t)picture;
            while (l->queued > ac_link_held(&l->link)) wait_for_line(l);
        }
    }
}

static void a_wide_line_has_no_budget(void) {
    line l = {.rate = 50e6};
    for (int i = 0; i < 300; i++) {
        send_for(&l, 4, 32000);
        send_for(&l, 12, 0);
    }
    CHECK(ac_link_budget(&l.link) == 0);
    CHECK(ac_link_next(&l.link) == 0);
    CHECK(l.pictures >= 300);
}

static void a_narrow_line_is_measured_within_a_tenth(void) {
    static const double rates[] = {16e3, 125e3, 1e6, 3e6};
    for (int i = 0; i < 4; i++) {
        line l = {.rate = rates[i]};
        send_for(&l, 10000, rates[i] / 4);
        const double found = (double)ac_link_rate(&l.link);
        CHECK(found > 0.9 * rates[i] && found < 1.2 * rates[i]); /* it tries a little more, by and by */
    }
}

static void sound_waits_no_longer_than_a_picture_takes(void) {
    line l = {.rate = 125e3};
    send_for(&l, 5000, 12000);
    l.longest_wait_ns = 0;
    l.bytes = 0;
    send_for(&l, 10000, 12000);
    CHECK(l.longest_wait_ns < 160 * MS);
    CHECK((double)l.bytes > 0.6 * 125e3 * 10);
}

static void a_line_that_widened_is_used_again(void) {
    line l = {.rate = 125e3};
    send_for(&l, 5000, 12000);
    CHECK(ac_link_budget(&l.link) != 0);
    l.rate = 50e6;
    send_for(&l, 60000, 32000);
    CHECK(ac_link_budget(&l.link) == 0);
}

static void a_line_that_narrowed_further_is_believed_within_three_seconds(void) {
    line l = {.rate = 1e6};
    send_for(&l, 5000, 60000);
    l.rate = 60e3;
    send_for(&l, 3000, 6000);
    CHECK(ac_link_rate(&l.link) < 120000);
}

static void what_is_not_used_proves_nothing(void) {
    line l = {.rate = 125e3};
    send_for(&l, 5000, 12000);
    const uint64_t before = ac_link_rate(&l.link);
    send_for(&l, 60000, 0);
    CHECK(ac_link_rate(&l.link) <= before);
}

/* A second's worth of queue in a router: the kernel is hardly ever busy. */
static void a_queue_on_the_way_runs_empty(void) {
    line l = {.rate = 125e3, .router = 125e3, .round_trip_ns = 20e6, .now_ns = 1000 * MS};
    send_for(&l, 6000, 12000);
    l.longest_wait_ns = 0;
    l.bytes = 0;
    send_for(&l, 20000, 12000);
    CHECK(l.longest_wait_ns < 250 * MS);
    CHECK((double)l.bytes > 0.6 * 125e3 * 20);
}

static void a_route_that_became_longer_is_no_queue_for_ever(void) {
    line l = {.rate = 125e3, .router = 125e3, .round_trip_ns = 20e6, .now_ns = 1000 * MS};
    ac_link_on_its_way(&l.link, 20 * MS, 0);
    uint64_t windows = 0;
    do {
        ac_link_wrote(&l.link, 10000);
        ac_link_on_its_way(&l.link, 150 * MS, 0);
        ac_link_judge(&l.link, windows++ * AC_LINK_WINDOW_NS);
    } while (l.link.queued && windows < 1000000);
    CHECK(windows > 100 && windows < 4800); /* within 20 minutes */
}

static void others_queues_do_not_silence_us(void) {
    line l = {.rate = 125e3};
    ac_link_on_its_way(&l.link, 20 * MS, 0);
    for (uint64_t windows = 1; windows < 100; windows++) {
        const uint64_t rate = ac_link_rate(&l.link);
        ac_link_wrote(&l.link, rate ? rate / 4 : 30000);
        ac_link_on_its_way(&l.link, 500 * MS, 0);
        ac_link_judge(&l.link, windows * AC_LINK_WINDOW_NS);
    }
    CHECK(ac_link_rate(&l.link) >= 32000);
}

static void a_round_trip_that_is_not_known_says_nothing(void) {
    line l = {.rate = 50e6};
    send_for(&l, 5000, 32000);
    CHECK(ac_link_budget(&l.link) == 0);
    ac_link_on_its_way(&l.link, 0, 0);
    CHECK(l.link.queue_ns == 0 && l.link.queued == 0);
}

int main(void) {
    a_queue_on_the_way_runs_empty();
    a_route_that_became_longer_is_no_queue_for_ever();
    others_queues_do_not_silence_us();
    a_round_trip_that_is_not_known_says_nothing();
    a_wide_line_has_no_budget();
    a_narrow_line_is_measured_within_a_tenth();
    sound_waits_no_longer_than_a_picture_takes();
    a_line_that_widened_is_used_again();
    a_line_that_narrowed_further_is_believed_within_three_seconds();
    what_is_not_used_proves_nothing();
    return 0;
}
