/* The bus: every listener hears all the others, whole and in time, whoever does the work. */
#include "sound/mix.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#include "base/pace.h"
#include "check.h"
#include "sound/listener.h"

#define LATENCY (AC_AUDIO_RATE * 6 / 100)

static float tone(double hertz, double amplitude, uint64_t n) {
    return (float)(amplitude * sin(2.0 * 3.14159265358979323846 * hertz * (double)n / AC_AUDIO_RATE));
}

static void speak(ac_voice *voice, double hertz, uint64_t block, uint64_t at_ns) {
    float samples[AC_BLOCK_MAX];
    uint64_t from = ac_block_start(block);
    int count = (int)(ac_block_start(block + 1) - from);
    for (int i = 0; i < count; i++) samples[i] = tone(hertz, 0.1, from + (uint64_t)i);
    ac_voice_write_at(voice, samples, count, at_ns);
}

static void blocks_follow_the_clock_exactly(void) {
    uint64_t total = 0;
    for (uint64_t n = 0; n < 172 * 3600; n++) {
        uint64_t length = ac_block_start(n + 1) - ac_block_start(n);
        CHECK(length == 279 || length == 280);
        total += length;
    }
    CHECK(total == UINT64_C(48000) * 3600);
    ac_bus *bus = ac_bus_create(12345);
    for (uint64_t n = 0; n < 100000; n += 7) {
        uint64_t at = ac_bus_deadline(bus, n);
        CHECK(ac_bus_block(bus, at) == n);
        CHECK(n == 0 || ac_bus_block(bus, at - 1) == n - 1);
    }
    CHECK(ac_bus_deadline(bus, 171) == 12345 + UINT64_C(1000000000));
    ac_bus_destroy(bus);
}

static void a_block_is_given_when_due_and_gone_when_old(void) {
    float samples[AC_BLOCK_MAX];
    bool silent;
    ac_bus *bus = ac_bus_create(0);
    ac_listener *listener = ac_listener_create();
    CHECK(ac_bus_mix(bus, 0, listener, 5, ac_bus_deadline(bus, 5) - 1, 0, samples, &silent) == 0);
    CHECK(ac_bus_mix(bus, 0, listener, 5, ac_bus_deadline(bus, 5), 0, samples, &silent) > 0);
    CHECK(silent);
    /* The worker made the blocks before it too. */
    CHECK(ac_bus_mix(bus, 0, listener, 0, ac_bus_deadline(bus, 5), 0, samples, &silent) > 0);
    CHECK(ac_bus_mix(bus, 0, listener, 15, ac_bus_deadline(bus, 15), 0, samples, &silent) > 0);
    CHECK(ac_bus_mix(bus, 0, listener, 0, ac_bus_deadline(bus, 15), 0, samples, &silent) > 0);
    CHECK(ac_bus_mix(bus, 0, listener, 16, ac_bus_deadline(bus, 16), 0, samples, &silent) > 0);
    CHECK(ac_bus_mix(bus, 0, listener, 0, ac_bus_deadline(bus, 16), 0, samples, &silent) == -1);
    /* After a long rest only what can still be fetched is made. */
    CHECK(ac_bus_mix(bus, 0, listener, 99999, ac_bus_deadline(bus, 99999), 0, samples, &silent) > 0);
    CHECK(ac_bus_mix(bus, 0, listener, 99983, ac_bus_deadline(bus, 99999), 0, samples, &silent) == -1);
    CHECK(ac_bus_mix(bus, 0, listener, 99984, ac_bus_deadline(bus, 99999), 0, samples, &silent) > 0);
    ac_listener_destroy(listener);
    ac_bus_destroy(bus);
}

static void one_voice_reaches_the_others_whole_and_itself_not_at_all(void) {
    ac_bus *bus = ac_bus_create(0);
    ac_voice *voice = ac_voice_create();
    ac_listener *own = ac_listener_create(), *other = ac_listener_create();
    static float heard[AC_AUDIO_RATE * 6];
    ac_bus_set_voice(bus, 3, voice);
    uint64_t at = 0, dropped = 0;
    for (uint64_t n = 0; n < 172 * 6; n++) {
        float samples[AC_BLOCK_MAX] = {0};
        bool silent;
        if (n < 172 * 3) {
            /* In silence the jitter buffer learns that there is no jitter, and comes down to its least delay.
             */
            ac_voice_write_at(voice, samples, (int)(ac_block_start(n + 1) - ac_block_start(n)),
                              ac_bus_deadline(bus, n));
            dropped = ac_voice_count(voice).dropped;
        } else {
            speak(voice, 440.0, n, ac_bus_deadline(bus, n));
        }
        uint64_t now = ac_bus_deadline(bus, n);
        int count = ac_bus_mix(bus, 3, own, n, now, 0, samples, &silent);
        CHECK(count > 0 && silent);
        for (int i = 0; i < count; i++) CHECK(samples[i] == 0.0f);
        CHECK(ac_bus_mix(bus, 7, other, n, now, 0, heard + at, &silent) == count);
        at += (uint64_t)count;
    }
    CHECK(ac_bus_speaking(bus, 3) && fabsf(ac_bus_level(bus, 3) + 20.0f) < 0.5f);
    /* Find the delay, then compare the last second. */
    uint64_t best = 0;
    double least = 1e9;
    for (uint64_t delay = 0; delay < 9600; delay++) {
        double error = 0.0;
        for (uint64_t i = at - 4800; i < at; i++)
            error += fabs((double)heard[i] - tone(440.0, 0.1, i - delay));
        if (error < least) {
            least = error;
            best = delay;
        }
    }
    double error = 0.0, power = 0.0;
    for (uint64_t i = at - 48000; i < at; i++) {
        double wanted = tone(440.0, 0.1, i - best);
        error += (heard[i] - wanted) * (heard[i] - wanted);
        power += wanted * wanted;
    }
    CHECK(10.0 * log10(error / power) < -60.0);
    ac_bus_set_voice(bus, 3, NULL);
    CHECK(!ac_bus_speaking(bus, 3) && ac_bus_level(bus, 3) == -120.0f);
    CHECK(ac_voice_count(voice).underruns == 0 && ac_voice_count(voice).dropped == dropped);
    CHECK(ac_voice_count(voice).written == at);
    ac_voice_destroy(voice);
    ac_listener_destroy(own);
    ac_listener_destroy(other);
    ac_bus_destroy(bus);
}

static void what_is_not_a_number_is_silence(void) {
    ac_bus *bus = ac_bus_create(0);
    ac_voice *voice = ac_voice_create();
    ac_listener *listener = ac_listener_create();
    ac_bus_set_voice(bus, 0, voice);
    for (uint64_t n = 0; n < 172; n++) {
        float in[AC_BLOCK_MAX], samples[AC_BLOCK_MAX];
        bool silent;
        for (int i = 0; i < AC_BLOCK_MAX; i++)
            in[i] = i % 3 == 0 ? NAN : i % 3 == 1 ? INFINITY : n % 2 ? 1e30f : -1e30f;
        ac_voice_write_at(voice, in, AC_BLOCK_MAX, ac_bus_deadline(bus, n));
        int count = ac_bus_mix(bus, 1, listener, n, ac_bus_deadline(bus, n), 0, samples, &silent);
        CHECK(count > 0);
        for (int i = 0; i < count; i++) CHECK(fabsf(samples[i]) <= 0.98856f);
    }
    ac_bus_set_voice(bus, 0, NULL);
    ac_voice_destroy(voice);
    ac_listener_destroy(listener);
    ac_bus_destroy(bus);
}

static void the_muted_are_silent(void) {
    ac_bus *bus = ac_bus_create(0);
    ac_voice *voice = ac_voice_create();
    ac_listener *listener = ac_listener_create();
    ac_bus_set_voice(bus, 0, voice);
    ac_voice_mute(voice, true);
    for (uint64_t n = 0; n < 172; n++) {
        float samples[AC_BLOCK_MAX];
        bool silent;
        speak(voice, 440.0, n, ac_bus_deadline(bus, n));
        CHECK(ac_bus_mix(bus, 1, listener, n, ac_bus_deadline(bus, n), 0, samples, &silent) > 0 && silent);
    }
    CHECK(!ac_bus_speaking(bus, 0) && ac_bus_level(bus, 0) == -120.0f);
    ac_bus_set_voice(bus, 0, NULL);
    ac_voice_destroy(voice);
    ac_listener_destroy(listener);
    ac_bus_destroy(bus);
}

/* --- The media path does not allocate: every allocation of this program is counted, where that is possible.
 */

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
extern void *__libc_malloc(size_t size), *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size), *__libc_memalign(size_t alignment, size_t size);
static _Atomic uint64_t allocations;

void *malloc(size_t size) {
    atomic_fetch_add(&allocations, 1);
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    atomic_fetch_add(&allocations, 1);
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    atomic_fetch_add(&allocations, 1);
    return __libc_realloc(old, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    atomic_fetch_add(&allocations, 1);
    return (*memory = __libc_memalign(alignment, size)) ? 0 : 12;
}

static void writing_and_mixing_allocate_nothing(void) {
    ac_bus *bus = ac_bus_create(0);
    ac_voice *voices[4];
    ac_listener *listener = ac_listener_create();
    const ac_voice_options options = {.automatic_level = true, .high_pass_hz = 80.0f};
    for (int i = 0; i < 4; i++) {
        voices[i] = ac_voice_create();
        ac_voice_configure(voices[i], &options);
        ac_bus_set_voice(bus, i, voices[i]);
    }
    uint64_t before = atomic_load(&allocations);
    CHECK(before >= 10); /* the bus, the listener, four voices and their rings, and we see them */
    for (uint64_t n = 0; n < 1720; n++) {
        float samples[AC_BLOCK_MAX];
        bool silent;
        for (int i = 0; i < 4; i++) /* with gaps: concealment and recovery are on the path too */
            if (n % 50 > (uint64_t)i * 10) speak(voices[i], 200.0 * (i + 1), n, ac_bus_deadline(bus, n));
        CHECK(ac_bus_mix(bus, 0, listener, n, ac_bus_deadline(bus, n), 0, samples, &silent) > 0);
    }
    CHECK(atomic_load(&allocations) == before);
    for (int i = 0; i < 4; i++) {
        ac_bus_set_voice(bus, i, NULL);
        ac_voice_destroy(voices[i]);
    }
    ac_listener_destroy(listener);
    ac_bus_destroy(bus);
}
#else
static void writing_and_mixing_allocate_nothing(void) {}
#endif

/* --- Real threads: listeners race for the work while voices come, speak and go. */

#define LISTENERS 4
#define TALKERS 3
#define SECONDS 2

static ac_bus *hall;
static _Atomic int over;

static void *listen(void *argument) {
    int slot = (int)(intptr_t)argument;
    ac_listener *listener = ac_listener_create();
    float samples[AC_BLOCK_MAX];
    uint64_t next = ac_bus_block(hall, ac_now_ns()) + 1, got = 0;
    ac_wake never = {0};
    while (!atomic_load(&over) || got == 0) {
        ac_wake_wait(&never, ac_wake_ticket(&never), ac_bus_deadline(hall, next));
        bool silent = false;
        int count = ac_bus_mix(hall, slot, listener, next, ac_now_ns(), 1000000, samples, &silent);
        if (count < 0) {
            next = ac_bus_block(hall, ac_now_ns());
            continue;
        }
        if (count == 0) continue;
        CHECK(count == (int)(ac_block_start(next + 1) - ac_block_start(next)));
        for (int i = 0; i < count; i++)
            CHECK(fabsf(samples[i]) <= 0.98856f && (!silent || samples[i] == 0.0f));
        got++;
        next++;
    }
    ac_listener_destroy(listener);
    return NULL;
}

static void *talk(void *argument) {
    int slot = (int)(intptr_t)argument;
    ac_wake never = {0};
    while (!atomic_load(&over)) {
        ac_voice *voice = ac_voice_create();
        ac_bus_set_voice(hall, slot, voice);
        for (uint64_t n = 0; n < 20 && !atomic_load(&over); n++) {
            speak(voice, 200.0 * (slot + 1), n, ac_now_ns());
            ac_wake_wait(&never, ac_wake_ticket(&never), ac_now_ns() + 2000000);
        }
        ac_bus_set_voice(hall, slot, NULL);
        ac_voice_destroy(voice); /* a worker still inside would be caught by the sanitizers */
    }
    return NULL;
}

static void listeners_and_passing_talkers_share_one_bus(void) {
    pthread_t listeners[LISTENERS], talkers[TALKERS];
    hall = ac_bus_create(ac_now_ns());
    atomic_store(&over, 0);
    for (intptr_t i = 0; i < LISTENERS; i++)
        CHECK(pthread_create(&listeners[i], NULL, listen, (void *)i) == 0);
    for (intptr_t i = 0; i < TALKERS; i++) CHECK(pthread_create(&talkers[i], NULL, talk, (void *)i) == 0);
    ac_wake never = {0};
    ac_wake_wait(&never, ac_wake_ticket(&never), ac_now_ns() + SECONDS * UINT64_C(1000000000));
    atomic_store(&over, 1);
    for (int i = 0; i < TALKERS; i++) pthread_join(talkers[i], NULL);
    for (int i = 0; i < LISTENERS; i++) pthread_join(listeners[i], NULL);
    ac_bus_destroy(hall);
}

static void what_a_voice_was_given_can_be_read_as_it_came(void) {
    static float samples[AC_AUDIO_RATE], got[AC_AUDIO_RATE];
    for (int i = 0; i < AC_AUDIO_RATE; i++) samples[i] = tone(440.0, 0.5, (uint64_t)i);
    ac_voice *voice = ac_voice_create();
    ac_voice_mute(voice, true);
    ac_voice_write_at(voice, samples, 500, 0);
    uint64_t cursor = 0, lost = 7;
    CHECK(ac_voice_read(voice, &cursor, got, 300, &lost) == 300);
    CHECK(cursor == 300 && lost == 0 && memcmp(got, samples, 300 * sizeof *got) == 0);
    CHECK(ac_voice_read(voice, &cursor, got, 300, &lost) == 200);
    CHECK(cursor == 500 && memcmp(got, samples + 300, 200 * sizeof *got) == 0);
    CHECK(ac_voice_read(voice, &cursor, got, 300, &lost) == 0);
    /* More than is kept: the newest are there, and the others are counted. */
    ac_voice_write_at(voice, samples, AC_AUDIO_RATE, 0);
    size_t count = ac_voice_read(voice, &cursor, got, AC_AUDIO_RATE, &lost);
    CHECK(count > 0 && lost > 0 && count + lost == AC_AUDIO_RATE && cursor == 500 + AC_AUDIO_RATE);
    CHECK(memcmp(got, samples + lost, count * sizeof *got) == 0);
    ac_voice_destroy(voice);
}

int main(void) {
    what_a_voice_was_given_can_be_read_as_it_came();
    blocks_follow_the_clock_exactly();
    a_block_is_given_when_due_and_gone_when_old();
    one_voice_reaches_the_others_whole_and_itself_not_at_all();
    what_is_not_a_number_is_silence();
    the_muted_are_silent();
    writing_and_mixing_allocate_nothing();
    listeners_and_passing_talkers_share_one_bus();
    return 0;
}
