/* Dynamics: units that follow a level and answer with a gain. Each is a small struct of its own state, is set
   up with times in seconds and levels in dBFS, and processes samples in place, any number at a time.

   A gain is decided once a step and applied as a straight line from the last decision to the next, so that
   it never jumps. A one-pole smoother's coefficient is exp(-n / (time * rate)) for the n samples the step
   really has: "time" is when 63 % of a change is done, whatever the size of blocks. */
#ifndef ASCIICHAT_DYNAMICS_H
#define ASCIICHAT_DYNAMICS_H

#include <stdbool.h>
#include <stddef.h>

#include "block.h"

/* A one-pole smoother's time, for every length a step can have. */
typedef struct {
    float keep[AC_STEP + 1]; /* what is left of a difference after so many samples */
} ac_time_constant;

void ac_time_constant_init(ac_time_constant *constant, float seconds, float rate);

/* Follows peaks: rises with one time, falls with another. */
typedef struct {
    ac_time_constant rise, fall;
    float value; /* amplitude */
} ac_follower;

void ac_follower_init(ac_follower *follower, float attack, float release, float rate);
void ac_follower_run(ac_follower *follower, int count, const float *peaks);

/* The gate: opens when a peak exceeds `open_db`, closes when none has exceeded `close_db` for `hold`. */
typedef struct {
    float open_db, close_db;     /* close_db <= open_db: the difference is the hysteresis */
    float attack, hold, release; /* seconds */
} ac_gate_settings;

extern const ac_gate_settings ac_gate_defaults;

typedef struct {
    float open_at, close_at; /* amplitudes */
    int hold, held;          /* samples */
    ac_time_constant attack, release;
    bool open;
    float gain;
} ac_gate;

void ac_gate_init(ac_gate *gate, const ac_gate_settings *settings, float rate);

/* A block of at most AC_STEPS_MAX steps whose peaks are known. */
void ac_gate_run(ac_gate *gate, float *samples, int count, const float *peaks);
void ac_gate_process(ac_gate *gate, float *samples, size_t count);

/* The compressor: a soft knee in decibels, the reduction smoothed in decibels ("smooth branching" in
   D. Giannoulis, M. Massberg, J. D. Reiss: Digital Dynamic Range Compressor Design, JAES 60(6), 2012). */
typedef struct {
    float threshold_db, ratio, knee_db; /* ratio >= 1; knee_db is its whole width */
    float attack, release;              /* seconds */
    float makeup_db;
} ac_compressor_settings;

extern const ac_compressor_settings ac_compressor_defaults;

typedef struct {
    float threshold_db, slope, knee_db, makeup_db;
    float knee_begin; /* amplitude below which nothing is reduced */
    ac_time_constant attack, release;
    float reduction_db; /* now, <= 0 */
    float gain;         /* now, with make-up */
} ac_compressor;

void ac_compressor_init(ac_compressor *compressor, const ac_compressor_settings *settings, float rate);

/* The static curve: the gain, in dB and without make-up, for a steady level. */
float ac_compressor_curve(const ac_compressor *compressor, float level_db);

/* A block of at most AC_STEPS_MAX steps whose peaks are known. Returns the largest gain it had. */
float ac_compressor_run(ac_compressor *compressor, float *samples, int count, const float *peaks);
void ac_compressor_process(ac_compressor *compressor, float *samples, size_t count);

#endif
