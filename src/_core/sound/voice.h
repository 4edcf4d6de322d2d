/* One source on its way to the bus: jitter buffer, DC removal and high-pass, voice activity, gate, level. */
#ifndef ASCIICHAT_VOICE_H
#define ASCIICHAT_VOICE_H

#include "activity.h"
#include "dynamics.h"
#include "high_pass.h"
#include "jitter.h"
#include "leveler.h"
#include "mix.h"

struct ac_voice {
    ac_jitter jitter;
    ac_voice_options options;
    _Atomic bool muted;
    float mean; /* of the last block */
    float dc;   /* of the last seconds */
    ac_high_pass high_pass;
    ac_activity activity;
    ac_gate gate;
    float gate_db; /* what it is set to open at */
    ac_follower level;
    float level_db;
    ac_leveler leveler;
    float volume; /* the gain it asks for: automatic level, mute */
    float duck;   /* the bus's gain for it */
    float gain;   /* what both came to at the end of the last block */
};

/* The next `count` samples, due at `due_ns`, processed. False when they are all zero. For the bus's worker.
 */
bool ac_voice_pull(ac_voice *voice, float *samples, int count, uint64_t due_ns);

#endif
