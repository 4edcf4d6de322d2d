#include "jitter.h"

#include <math.h>
#include <string.h>

#include "gain.h"
#include "match.h"
#include "mix.h"
#include "resample.h"

#define MS (AC_AUDIO_RATE / 1000)
#define FADE (5 * MS)              /* never more than a block */
#define NEAR (2 * MS)              /* errors below this are left alone: measuring is no more exact */
#define OFF (3 * MS)               /* errors above this are cut out of silence, or stretch it */
#define FAR (60 * MS)              /* errors above this are cut away, or filled */
#define HOPELESS (300 * MS)        /* errors above this are cut away at once */
#define CUT_EVERY (60 * MS)        /* between two cuts in speech */
#define TRIM_EVERY (12 * MS)       /* and in silence */
#define PULL (4.0 * AC_AUDIO_RATE) /* an error is resampled away in about so many samples ... */
#define BEND 2e-3                  /* ... but at no more than 3.5 cents of pitch */
#define SETTLE 5e-5                /* speed at which a fraction of a sample is brought back to a whole one */
#define SLOWEST 5e-6               /* less is not worth resampling for */
#define CAUTION (5 * MS)           /* added to the target for every underrun, ... */
#define CAUTION_MOST (60 * MS)     /* ... up to this, ... */
#define CAUTION_TIME (20.0 * AC_AUDIO_RATE) /* ... and forgotten in so long */
#define QUIET 0.003f                        /* -50 dBFS: silence may be cut and stretched anywhere */
#define STOPPED_NS                                                                                           \
    UINT64_C(1000000000) /* a source that sent nothing for so long has stopped, not stumbled                 \
                          */
#define LOUDEST 2.0f     /* what comes in is bounded: 6 dB above full scale */
#define INPUT_MOST (AC_BLOCK_MAX + AC_BLOCK_MAX / 100 + AC_TAPS + 2)

int ac_jitter_init(ac_jitter *jitter, uint32_t target) {
    memset(jitter, 0, sizeof *jitter);
    if (ac_sample_ring_init(&jitter->ring, AC_JITTER_CAPACITY)) return -1;
    ac_arrival_init(&jitter->arrival, target);
    return 0;
}

void ac_jitter_destroy(ac_jitter *jitter) {
    ac_sample_ring_destroy(&jitter->ring);
}

/* What a peer sends may be anything: not-a-number becomes silence, the rest stays within 6 dB of full scale.
 */
static void sanitize(float *to, const float *from, int count) {
    for (int i = 0; i < count; i++) {
        int32_t bits;
        memcpy(&bits, from + i, sizeof bits);
        float x = (bits & 0x7f800000) == 0x7f800000 ? 0.0f : from[i];
        x = x > LOUDEST ? LOUDEST : x;
        to[i] = x < -LOUDEST ? -LOUDEST : x;
    }
}

void ac_jitter_write(ac_jitter *jitter, const float *samples, int count, uint64_t now_ns) {
    if (count <= 0) return;
    ac_arrival_note(&jitter->arrival, atomic_load_explicit(&jitter->ring.written, memory_order_relaxed),
                    count, now_ns);
    float clean[1024];
    while (count > 0) {
        int length = count < 1024 ? count : 1024;
        sanitize(clean, samples, length);
        ac_sample_ring_write(&jitter->ring, clean, (size_t)length);
        samples += length;
        count -= length;
    }
}

static float smoothstep(int i, int length) {
    float x = (float)(i + 1) / (float)(length + 1);
    return x * x * (3.0f - 2.0f * x);
}

/* samples goes over to later in `length` samples, and is `later` after them. */
static void cross_over(float *samples, const float *later, int count, int length) {
    for (int i = 0; i < length; i++) samples[i] += (later[i] - samples[i]) * smoothstep(i, length);
    memcpy(samples + length, later + length, (size_t)(count - length) * sizeof *samples);
}

static void count_up(_Atomic uint64_t *counter, uint64_t more) {
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + more,
                          memory_order_relaxed);
}

/* Samples from any place in the ring, the past too; zeros before its beginning and after what is written. */
static void look(const ac_jitter *jitter, int64_t from, float *samples, int count) {
    int got = 0;
    if (from < 0) {
        got = -from < count ? (int)-from : count;
        memset(samples, 0, (size_t)got * sizeof *samples);
        from = 0;
    }
    uint64_t at = (uint64_t)from, lost = 0;
    if (got < count)
        got += (int)ac_sample_ring_read(&jitter->ring, &at, samples + got, (size_t)(count - got), &lost);
    memset(samples + got, 0, (size_t)(count - got) * sizeof *samples);
}

/* --- Running dry and going on. */

static void begin_concealing(ac_jitter *jitter, uint64_t due_ns) {
    float history[AC_CONCEAL_HISTORY];
    look(jitter, (int64_t)jitter->cursor - AC_CONCEAL_HISTORY, history, AC_CONCEAL_HISTORY);
    ac_conceal_begin(&jitter->conceal, history);
    jitter->dry_ns = due_ns;
    jitter->state = AC_JITTER_CONCEALING;
}

static void conceal(ac_jitter *jitter, float *samples, int count) {
    ac_conceal_peek(&jitter->conceal, samples, count);
    jitter->conceal.at += count;
    count_up(&jitter->concealed, (uint64_t)count);
    if (ac_conceal_over(&jitter->conceal)) jitter->state = AC_JITTER_WAITING;
}

/* What is left, and then what might have followed. */
static void run_dry(ac_jitter *jitter, float *samples, int count, int available, uint64_t due_ns) {
    look(jitter, (int64_t)jitter->cursor, samples, available);
    jitter->cursor += (uint64_t)available;
    begin_concealing(jitter, due_ns);
    conceal(jitter, samples + available, count - available);
}

/* It was an underrun, and not the end, if the source goes on soon. */
static void count_underrun(ac_jitter *jitter, uint64_t due_ns) {
    if (jitter->dry_ns && due_ns - jitter->dry_ns < STOPPED_NS) {
        count_up(&jitter->underruns, 1);
        jitter->caution += CAUTION;
        if (jitter->caution > CAUTION_MOST) jitter->caution = CAUTION_MOST;
    }
    jitter->dry_ns = 0;
}

static double target_of(const ac_jitter *jitter) {
    return atomic_load_explicit(&jitter->arrival.target, memory_order_relaxed) + jitter->caution;
}

/* --- Keeping to the target. */

/* What would be played from `distance` samples after the cursor, or before it. */
static void take(const ac_jitter *jitter, int64_t distance, float *samples, int count) {
    int64_t from = (int64_t)jitter->cursor + distance;
    if (jitter->fraction == 0.0) {
        look(jitter, from, samples, count);
    } else {
        float input[INPUT_MOST];
        look(jitter, from - AC_RESAMPLE_BEFORE, input, AC_RESAMPLE_BEFORE + count + 1 + AC_RESAMPLE_AFTER);
        ac_resample(input, jitter->fraction, 1.0, samples, count);
    }
}

/* Go over, within this block, to what is `distance` samples later (or, below 0, earlier). */
static void jump(ac_jitter *jitter, float *samples, int count, int64_t distance) {
    float later[AC_BLOCK_MAX];
    take(jitter, 0, samples, count);
    take(jitter, distance, later, count);
    cross_over(samples, later, count, count);
    jitter->cursor += (uint64_t)(count + distance);
    if (distance > 0) count_up(&jitter->dropped, (uint64_t)distance);
}

/* The jump of at most `most` samples in the direction of `error` that is heard least. */
static int64_t best_jump(const ac_jitter *jitter, double error, int most) {
    float wanted[AC_MATCH_WINDOW], field[AC_MATCH_WINDOW + AC_MATCH_MOST];
    int least = 5 * MS / 2; /* the shortest period worth cutting out */
    int64_t from = (int64_t)jitter->cursor + (error > 0.0 ? least : -most);
    most = (most - least) / 4 * 4;
    if (most < 0) return 0;
    look(jitter, (int64_t)jitter->cursor, wanted, AC_MATCH_WINDOW);
    look(jitter, from, field, AC_MATCH_WINDOW + most);
    return from + ac_match(wanted, field, most) - (int64_t)jitter->cursor;
}

static bool quiet(const ac_jitter *jitter, int64_t distance, int count) {
    float samples[AC_BLOCK_MAX];
    look(jitter, (int64_t)jitter->cursor + distance, samples, count);
    return ac_peak(samples, count) < QUIET;
}

static int64_t clamp(int64_t value, int64_t low, int64_t high) {
    return value < low ? low : value > high ? high : value;
}

/* How far to jump in this block to come nearer to the target; 0: not at all. */
static int64_t correction(ac_jitter *jitter, int count, int available, double error) {
    int64_t wanted =
        clamp((int64_t)error, -(int64_t)jitter->cursor, available - count - 1 - AC_RESAMPLE_AFTER);
    if (error > HOPELESS) return wanted;
    if (jitter->rest > 0) return 0;
    if (quiet(jitter, 0, count)) {
        jitter->rest = TRIM_EVERY;
        wanted = clamp(wanted, -count, count);
        return wanted <= 0 || quiet(jitter, count, (int)wanted) ? wanted : 0;
    }
    if (fabs(error) < FAR) return 0;
    jitter->rest = CUT_EVERY;
    wanted = clamp(wanted, -AC_MATCH_MOST, AC_MATCH_MOST);
    return best_jump(jitter, error, (int)(wanted < 0 ? -wanted : wanted));
}

/* Samples to use up for `count` of output. */
static double advance(const ac_jitter *jitter, int count, double error) {
    double speed = error > NEAR ? (error - NEAR) / PULL : error < -NEAR ? (error + NEAR) / PULL : 0.0;
    if (fabs(speed) > SLOWEST) return count * (1.0 + (speed > BEND ? BEND : speed < -BEND ? -BEND : speed));
    /* On target: the last fraction of a sample is made up for, away from where resampling begins again, and
       then samples pass as they are. */
    double whole = error > 0.0 ? ceil(jitter->fraction) : floor(jitter->fraction);
    double settle = whole - jitter->fraction, most = count * SETTLE;
    return count + (settle > most ? most : settle < -most ? -most : settle);
}

static void play(ac_jitter *jitter, float *samples, int count, uint64_t due_ns) {
    int available = (int)ac_sample_ring_available(&jitter->ring, jitter->cursor);
    double lateness =
        ac_arrival_lateness(&jitter->arrival, (double)jitter->cursor + jitter->fraction + count, due_ns);
    double error = lateness - target_of(jitter);
    jitter->caution *= 1.0 - count / CAUTION_TIME;
    atomic_store_explicit(&jitter->lateness, (int32_t)lateness, memory_order_relaxed);
    jitter->rest -= count;

    double used = advance(jitter, count, error);
    bool whole = jitter->fraction == 0.0 && used == count;
    if (!whole && available < (int)(jitter->fraction + used) + 1 + AC_RESAMPLE_AFTER) {
        /* Nothing left to look ahead at: go on from the nearest sample. */
        if (jitter->fraction > 0.5 && available > 0) {
            jitter->cursor++;
            available--;
        }
        jitter->fraction = 0.0;
        whole = true;
    }
    if (available < count) {
        run_dry(jitter, samples, count, available, due_ns);
        return;
    }
    int64_t distance = fabs(error) > OFF ? correction(jitter, count, available, error) : 0;
    if (distance != 0) {
        jump(jitter, samples, count, distance);
    } else if (whole) {
        look(jitter, (int64_t)jitter->cursor, samples, count);
        jitter->cursor += (uint64_t)count;
    } else {
        float input[INPUT_MOST];
        int needed = (int)(jitter->fraction + used) + 1 + AC_RESAMPLE_AFTER;
        look(jitter, (int64_t)jitter->cursor - AC_RESAMPLE_BEFORE, input, AC_RESAMPLE_BEFORE + needed);
        ac_resample(input, jitter->fraction, used / count, samples, count);
        double position = jitter->fraction + used;
        if (fabs(position - rint(position)) < 1e-6) position = rint(position);
        jitter->cursor += (uint64_t)position;
        jitter->fraction = position - floor(position);
    }
}

/* --- Beginning. */

/* The samples of silence to begin this block with, so that what follows is as late as it should be; `count`:
 * all. */
static int silence_first(const ac_jitter *jitter, int count, uint64_t due_ns) {
    double target = atomic_load_explicit(&jitter->arrival.target, memory_order_relaxed);
    double missing =
        target - ac_arrival_lateness(&jitter->arrival, (double)(jitter->cursor + (uint64_t)count), due_ns);
    return missing <= 0.0 ? 0 : missing < count ? (int)ceil(missing) : count;
}

static bool begin(ac_jitter *jitter, float *samples, int count, uint64_t due_ns) {
    int silence = silence_first(jitter, count, due_ns), rest = count - silence;
    memset(samples, 0, (size_t)count * sizeof *samples);
    if (rest == 0) return false;
    count_underrun(jitter, due_ns);
    jitter->state = AC_JITTER_PLAYING;
    jitter->fraction = 0.0;
    jitter->rest = 0;
    float first[AC_BLOCK_MAX];
    play(jitter, first, rest, due_ns);
    cross_over(samples + silence, first, rest, rest < FADE ? rest : FADE);
    return true;
}

static void resume(ac_jitter *jitter, float *samples, int count, uint64_t due_ns) {
    float guessed[AC_BLOCK_MAX], real[AC_BLOCK_MAX];
    ac_conceal_peek(&jitter->conceal, guessed, count);
    count_underrun(jitter, due_ns);
    jitter->state = AC_JITTER_PLAYING;
    play(jitter, real, count, due_ns);
    memcpy(samples, guessed, (size_t)count * sizeof *samples);
    cross_over(samples, real, count, count < FADE ? count : FADE);
}

bool ac_jitter_pull(ac_jitter *jitter, float *samples, int count, uint64_t due_ns) {
    uint64_t available = ac_sample_ring_available(&jitter->ring, jitter->cursor);
    if (available > AC_JITTER_CAPACITY / 4 * 3) {
        /* The writer is about to overtake. */
        uint64_t past = available - AC_JITTER_CAPACITY / 4;
        jitter->cursor += past;
        available -= past;
        count_up(&jitter->dropped, past);
    }
    switch (jitter->state) {
    case AC_JITTER_WAITING:
        if (available) return begin(jitter, samples, count, due_ns);
        memset(samples, 0, (size_t)count * sizeof *samples);
        return false;
    case AC_JITTER_CONCEALING:
        if (available >= (uint64_t)count) {
            resume(jitter, samples, count, due_ns);
        } else {
            conceal(jitter, samples, count);
        }
        return true;
    case AC_JITTER_PLAYING:
        play(jitter, samples, count, due_ns);
        return true;
    }
    return false;
}
