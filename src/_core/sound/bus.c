#include "mix.h"

#include <stdlib.h>
#include <string.h>

#include "base/pace.h"
#include "block.h"
#include "decibel.h"
#include "gain.h"
#include "listener.h"
#include "shared_samples.h"
#include "voice.h"

#define NANOSECONDS 1000000000u
#define UNFINISHED UINT64_MAX
#define LEADS_WITHIN_DB 6.0f
#define DUCK_DB (-6.0f)
#define DUCK_ATTACK 0.01f
#define DUCK_RELEASE 0.2f

/* A finished block. Listeners read it while a later one may overwrite it: they look at its number before and
   after. */
typedef struct {
    _Atomic uint64_t number;
    _Atomic uint32_t audible;  /* slots with a contribution */
    _Atomic uint32_t speaking; /* slots whose voice speaks */
    _Alignas(64) _Atomic uint32_t total[AC_BLOCK_MAX];
    _Atomic uint32_t own[AC_MIX_SOURCES][AC_BLOCK_MAX];
} finished_block;

struct ac_bus {
    uint64_t start_ns;
    _Atomic uint32_t pass; /* odd while a worker is at it */
    _Atomic uint64_t done; /* blocks before this one are finished */
    ac_wake progress;      /* a block was finished, or a worker left */
    _Atomic(ac_voice *) voices[AC_MIX_SOURCES];
    _Atomic float level[AC_MIX_SOURCES];
    _Atomic uint32_t speaking;
    finished_block blocks[AC_BUS_BLOCKS];
    /* The worker's own. */
    float samples[AC_MIX_SOURCES][AC_BLOCK_MAX];
};

ac_bus *ac_bus_create(uint64_t start_ns) {
    ac_bus *bus;
    if (posix_memalign((void **)&bus, 64, sizeof *bus)) return NULL;
    memset((void *)bus, 0, sizeof *bus);
    bus->start_ns = start_ns;
    for (int i = 0; i < AC_BUS_BLOCKS; i++) atomic_init(&bus->blocks[i].number, UNFINISHED);
    for (int i = 0; i < AC_MIX_SOURCES; i++) atomic_init(&bus->level[i], AC_SILENCE_DB);
    return bus;
}

void ac_bus_destroy(ac_bus *bus) {
    free((void *)bus);
}

uint64_t ac_bus_deadline(const ac_bus *bus, uint64_t block) {
    uint64_t samples = ac_block_start(block + 1);
    return bus->start_ns + samples / AC_AUDIO_RATE * NANOSECONDS +
           samples % AC_AUDIO_RATE * NANOSECONDS / AC_AUDIO_RATE;
}

/* How many blocks are due. */
static uint64_t blocks_due(const ac_bus *bus, uint64_t now_ns) {
    if (now_ns < bus->start_ns) return 0;
    uint64_t elapsed = now_ns - bus->start_ns;
    uint64_t due =
        elapsed / NANOSECONDS * AC_AUDIO_TICKS + elapsed % NANOSECONDS * AC_AUDIO_TICKS / NANOSECONDS;
    /* Blocks end at whole samples, up to one sample before the tick. */
    return ac_bus_deadline(bus, due) <= now_ns ? due + 1 : due;
}

uint64_t ac_bus_progress(const ac_bus *bus) {
    return atomic_load(&bus->done);
}

uint64_t ac_bus_block(const ac_bus *bus, uint64_t now_ns) {
    uint64_t due = blocks_due(bus, now_ns);
    return due ? due - 1 : 0;
}

/* --- The worker: everything below runs inside one pass. */

/* Voices well below the loudest step back while it speaks. */
static float ducked(const ac_voice *voice, float level_db, float loudest_db, int count) {
    bool follows = voice->activity.speaking && level_db < loudest_db - LEADS_WITHIN_DB;
    float target = follows ? ac_from_db(DUCK_DB) : 1.0f;
    if (voice->duck == target) return target;
    float time = target < voice->duck ? DUCK_ATTACK : DUCK_RELEASE;
    float next = target + (voice->duck - target) * expf(-(float)count / (time * AC_AUDIO_RATE));
    return fabsf(next - target) < 1e-5f ? target : next;
}

static void mix_block(ac_bus *bus, uint64_t number) {
    finished_block *block = &bus->blocks[number % AC_BUS_BLOCKS];
    int count = (int)(ac_block_start(number + 1) - ac_block_start(number));
    uint64_t due_ns = ac_bus_deadline(bus, number);
    atomic_store_explicit(&block->number, UNFINISHED, memory_order_relaxed);

    ac_voice *voices[AC_MIX_SOURCES];
    float level[AC_MIX_SOURCES];
    float loudest = AC_SILENCE_DB;
    uint32_t audible = 0, speaking = 0;
    for (int i = 0; i < AC_MIX_SOURCES; i++) {
        ac_voice *voice = voices[i] = atomic_load(&bus->voices[i]);
        level[i] = AC_SILENCE_DB;
        float heard = AC_SILENCE_DB;
        if (voice) {
            if (ac_voice_pull(voice, bus->samples[i], count, due_ns)) audible |= 1u << i;
            if (voice->volume > 0.0f) heard = voice->level_db;
            level[i] = heard + voice->leveler.gain_db;
            if (voice->activity.speaking) {
                speaking |= 1u << i;
                loudest = level[i] > loudest ? level[i] : loudest;
            }
        }
        atomic_store_explicit(&bus->level[i], heard, memory_order_relaxed);
    }
    atomic_store_explicit(&bus->speaking, speaking, memory_order_relaxed);

    float total[AC_BLOCK_MAX] = {0};
    for (int i = 0; i < AC_MIX_SOURCES; i++) {
        if (!voices[i]) continue;
        ac_voice *voice = voices[i];
        voice->duck = ducked(voice, level[i], loudest, count);
        float gain = voice->volume * voice->duck;
        if (audible & 1u << i) {
            ac_gain_line(bus->samples[i], count, voice->gain, gain);
            ac_block->add(total, bus->samples[i], count);
            ac_shared_store(block->own[i], bus->samples[i], (size_t)count);
        }
        voice->gain = gain;
    }
    if (audible) ac_shared_store(block->total, total, (size_t)count);
    atomic_store_explicit(&block->audible, audible, memory_order_release);
    atomic_store_explicit(&block->speaking, speaking, memory_order_release);
    atomic_store_explicit(&block->number, number, memory_order_release);
}

static void work(ac_bus *bus, uint64_t due) {
    uint64_t done = atomic_load_explicit(&bus->done, memory_order_relaxed);
    /* Nobody asked for so long that older blocks would be gone before they could be fetched. */
    if (due > done + AC_BUS_BLOCKS) done = due - AC_BUS_BLOCKS;
    while (done < due) {
        mix_block(bus, done++);
        atomic_store(&bus->done, done);
        ac_wake_signal(&bus->progress);
    }
}

/* --- Listeners. */

static bool finished(ac_bus *bus, uint64_t block, uint64_t now_ns, uint64_t wait_ns) {
    uint64_t until = 0;
    for (;;) {
        uint32_t ticket = ac_wake_ticket(&bus->progress);
        if (atomic_load(&bus->done) > block) return true;
        uint32_t pass = atomic_load(&bus->pass);
        if (!(pass & 1) && atomic_compare_exchange_strong(&bus->pass, &pass, pass + 1)) {
            work(bus, blocks_due(bus, now_ns));
            atomic_store(&bus->pass, pass + 2);
            ac_wake_signal(&bus->progress);
            continue;
        }
        if (wait_ns == 0) return false;
        if (until == 0) until = ac_now_ns() + wait_ns;
        if (!ac_wake_wait(&bus->progress, ticket, until)) return false;
    }
}

void ac_bus_advance(ac_bus *bus, uint64_t now_ns) {
    uint64_t due = blocks_due(bus, now_ns);
    if (due != 0) finished(bus, due - 1, now_ns, 0);
}

/* What of a block a listener hears. */
typedef struct {
    uint32_t audible, speaking; /* slots */
    bool has_own;
    float total[AC_BLOCK_MAX], own[AC_BLOCK_MAX];
} portion;

/* False when the block is overwritten already. */
static bool fetch(ac_bus *bus, int slot, uint64_t number, int count, portion *heard) {
    const finished_block *block = &bus->blocks[number % AC_BUS_BLOCKS];
    if (atomic_load_explicit(&block->number, memory_order_acquire) != number) return false;
    uint32_t own = slot >= 0 ? 1u << slot : 0;
    uint32_t present = atomic_load_explicit(&block->audible, memory_order_acquire);
    heard->speaking = atomic_load_explicit(&block->speaking, memory_order_acquire) & ~own;
    heard->audible = present & ~own;
    heard->has_own = present & own;
    if (heard->audible) {
        ac_shared_load(heard->total, block->total, (size_t)count);
        if (heard->has_own) ac_shared_load(heard->own, block->own[slot], (size_t)count);
    }
    return atomic_load_explicit(&block->number, memory_order_relaxed) == number;
}

int ac_bus_mix(ac_bus *bus, int slot, ac_listener *listener, uint64_t block, uint64_t now_ns,
               uint64_t wait_ns, float *samples, bool *silent) {
    if (slot >= AC_MIX_SOURCES || ac_bus_deadline(bus, block) > now_ns) return 0;
    if (!finished(bus, block, now_ns, wait_ns)) return 0;
    int count = (int)(ac_block_start(block + 1) - ac_block_start(block));
    portion heard;
    if (!fetch(bus, slot, block, count, &heard)) return -1;
    *silent = ac_listener_process(listener, samples, count, heard.audible ? heard.total : NULL,
                                  heard.has_own ? heard.own : NULL, __builtin_popcount(heard.speaking));
    return count;
}

/* --- Management and status. */

bool ac_bus_change_voice(ac_bus *bus, int slot, ac_voice *voice, uint64_t deadline_ns) {
    if (slot < 0 || slot >= AC_MIX_SOURCES) return true;
    atomic_exchange(&bus->voices[slot], voice);
    /* A pass that began before the exchange may still use the old voice; one that begins later cannot. */
    uint32_t pass = atomic_load(&bus->pass);
    while (pass & 1) {
        uint32_t ticket = ac_wake_ticket(&bus->progress);
        if (atomic_load(&bus->pass) != pass) break;
        if (!ac_wake_wait(&bus->progress, ticket, deadline_ns)) return false;
    }
    if (!voice) {
        atomic_store_explicit(&bus->level[slot], AC_SILENCE_DB, memory_order_relaxed);
        atomic_fetch_and_explicit(&bus->speaking, ~(1u << slot), memory_order_relaxed);
    }
    return true;
}

void ac_bus_set_voice(ac_bus *bus, int slot, ac_voice *voice) {
    ac_bus_change_voice(bus, slot, voice, UINT64_MAX);
}

float ac_bus_level(const ac_bus *bus, int slot) {
    if (slot < 0 || slot >= AC_MIX_SOURCES) return AC_SILENCE_DB;
    return atomic_load_explicit(&bus->level[slot], memory_order_relaxed);
}

bool ac_bus_speaking(const ac_bus *bus, int slot) {
    if (slot < 0 || slot >= AC_MIX_SOURCES) return false;
    return atomic_load_explicit(&bus->speaking, memory_order_relaxed) >> slot & 1;
}
