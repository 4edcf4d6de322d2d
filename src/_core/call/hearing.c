#include "hearing.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "wire/packet.h"

#define RAW_MOST 16384                           /* samples in a raw batch, of all channels */
#define RAW_STEP 900                             /* of them converted at once: at 8 kHz they become 5400 */
#define MADE_UP_MOST (AC_AUDIO_RATE / 1000 * 60) /* samples: what Opus makes up has faded by then */

int ac_hearing_init(ac_hearing *hearing) {
    memset(hearing, 0, sizeof *hearing);
    hearing->sound = malloc(AC_HEARING_SOUND * sizeof *hearing->sound);
    return hearing->sound == NULL ? -1 : 0;
}

void ac_hearing_destroy(ac_hearing *hearing) {
    if (hearing->opus != NULL) ac_opus_api.decoder_destroy(hearing->opus);
    free(hearing->sound);
}

/* Samples have been made: hand them on. */
static ac_hearing_result deliver(ac_hearing *hearing, int samples) {
    ac_jitter *to;
    if (hearing->voice != NULL) {
        ac_voice_write(hearing->voice, hearing->sound, samples);
    } else if ((to = atomic_load_explicit(&hearing->to, memory_order_acquire)) != NULL) {
        ac_jitter_write(to, hearing->sound, samples, ac_now_ns());
    } else {
        hearing->samples = samples;
        return AC_HEARING_SOUNDS;
    }
    return AC_HEARING_DONE;
}

static void note_gap(ac_hearing *hearing, ac_peer_counts *counts) {
    uint64_t now = ac_now_ns();
    if (hearing->last_ns != 0 &&
        now - hearing->last_ns > atomic_load_explicit(&counts->sound_gap_ns, memory_order_relaxed))
        atomic_store_explicit(&counts->sound_gap_ns, now - hearing->last_ns, memory_order_relaxed);
    hearing->last_ns = now;
}

/* --- Opus. */

/* What a frame that is not there may have held: from the copy in the frame after it, if that is at hand and
   carries one, else from what came before. Without anything before it, it is left out. */
static ac_hearing_result make_up(ac_hearing *hearing, ac_peer_counts *counts, const uint8_t *following,
                                 uint32_t size) {
    if (hearing->length == 0) return AC_HEARING_DONE;
    int samples = ac_opus_api.decode_float(hearing->opus, following, (int32_t)size, hearing->sound,
                                           hearing->length, following != NULL);
    if (samples <= 0) return AC_HEARING_DONE;
    ac_count(&counts->sounds_made_up, 1);
    return deliver(hearing, samples);
}

static const uint8_t nested_prefix[12] = {0, 0, 0xBB, 0x80, 0, 0, 0, 20, 0, 0, 0, 1};

static ac_hearing_result opus_frame(ac_hearing *hearing, ac_peer_counts *counts, const uint8_t *data,
                                    uint32_t size) {
    /* A native server under load batches whole payloads of one-frame packets as if they were Opus frames. */
    if (size >= 18 && memcmp(data, nested_prefix, sizeof nested_prefix) == 0 &&
        ac_get16(data + 16) == size - 18) {
        data += 18;
        size -= 18;
    }
    int samples = size ? ac_opus_api.decode_float(hearing->opus, data, (int32_t)size, hearing->sound,
                                                  AC_HEARING_SOUND, 0)
                       : -1;
    if (samples <= 0) {
        ac_count(&counts->sounds_bad, 1);
        return make_up(hearing, counts, NULL, 0);
    }
    hearing->length = samples;
    ac_count(&counts->sounds_in, 1);
    return deliver(hearing, samples);
}

static ac_hearing_result next_opus(ac_hearing *hearing, ac_peer_counts *counts) {
    while (hearing->sizes < hearing->sizes_end) {
        uint32_t size = ac_get16(hearing->sizes);
        const uint8_t *data = hearing->frames;
        ac_hearing_result result;
        if (hearing->lost > 0) {
            bool last = --hearing->lost == 0 && size > 0;
            result = make_up(hearing, counts, last ? data : NULL, last ? size : 0);
        } else {
            hearing->sizes += 2;
            hearing->frames += size;
            result = opus_frame(hearing, counts, data, size);
        }
        if (result != AC_HEARING_DONE) return result;
    }
    return AC_HEARING_DONE;
}

/* How many frames the sender had to drop before the one of this number. */
static int missing(ac_hearing *hearing, uint32_t number, uint32_t count) {
    uint32_t due = hearing->due, lost = number - due;
    hearing->due = number + count;
    if (number + count < number) hearing->due++; /* 0 is left out */
    /* After a long gap there is nothing to bridge: what was said is gone, and the jitter buffer begins anew.
     */
    return due == 0 || hearing->length == 0 || lost > (uint32_t)(MADE_UP_MOST / hearing->length) ? 0
                                                                                                 : (int)lost;
}

ac_hearing_result ac_hearing_opus(ac_hearing *hearing, ac_peer_counts *counts, const uint8_t *payload,
                                  uint32_t length) {
    uint32_t rate = ac_get32(payload), count = ac_get32(payload + 8), number = ac_get32(payload + 12);
    if (rate != AC_AUDIO_RATE || count < 1 || count > 1000 || 16 + 2 * count > length) return AC_HEARING_BAD;
    uint64_t total = 0;
    for (uint32_t i = 0; i < count; i++) total += ac_get16(payload + 16 + 2 * i);
    if (16 + 2 * count + total != length) return AC_HEARING_BAD;
    note_gap(hearing, counts);
    if (hearing->ignored) {
        ac_count(&counts->sounds_in, count);
        return AC_HEARING_DONE;
    }
    if (hearing->opus == NULL) {
        int error = 0;
        hearing->opus = ac_opus_api.decoder_create(AC_AUDIO_RATE, 1, &error);
        if (hearing->opus == NULL) return AC_HEARING_NO_MEMORY;
    }
    hearing->sizes = payload + 16;
    hearing->sizes_end = hearing->frames = hearing->sizes + 2 * count;
    hearing->lost = hearing->numbered && number != 0 ? missing(hearing, number, count) : 0;
    return ac_hearing_next(hearing, counts);
}

/* --- Raw samples: integers, any number of channels, mixed down, brought to our rate. */

static void mix_down(const ac_hearing *hearing, float *samples, uint32_t frames) {
    uint32_t channels = hearing->raw_channels;
    for (uint32_t i = 0; i < frames; i++) {
        float sum = 0.0f;
        for (uint32_t c = 0; c < channels; c++)
            sum += (float)(int32_t)ac_get32(hearing->raw + 4 * (i * channels + c)) / 2147483648.0f;
        samples[i] = sum / (float)channels;
    }
}

/* From a rate above ours what lies above 24 kHz folds down: microphones give next to nothing there. */
static int convert(ac_hearing *hearing, uint32_t frames) {
    enum { BEFORE = AC_RESAMPLE_BEFORE + AC_RESAMPLE_AFTER };
    float input[BEFORE + RAW_STEP];
    double step = hearing->raw_rate / (double)AC_AUDIO_RATE, left = frames - hearing->raw_position;
    memcpy(input, hearing->raw_before, sizeof hearing->raw_before);
    mix_down(hearing, input + BEFORE, frames);
    int count = 0;
    if (left > 0.0) {
        count = (int)(left / step);
        if (count * step < left) count++;
        ac_resample(input, hearing->raw_position, step, hearing->sound, count);
    }
    hearing->raw_position += count * step - frames;
    memcpy(hearing->raw_before, input + frames, sizeof hearing->raw_before);
    return count;
}

static ac_hearing_result next_raw(ac_hearing *hearing, ac_peer_counts *counts) {
    while (hearing->raw_frames) {
        bool same = hearing->raw_rate == AC_AUDIO_RATE;
        uint32_t most = same ? AC_HEARING_SOUND : RAW_STEP;
        uint32_t frames = hearing->raw_frames < most ? hearing->raw_frames : most;
        int samples = (int)frames;
        if (same) {
            mix_down(hearing, hearing->sound, frames);
        } else {
            samples = convert(hearing, frames);
        }
        hearing->raw += 4 * frames * hearing->raw_channels;
        hearing->raw_frames -= frames;
        ac_count(&counts->sounds_in, 1);
        ac_hearing_result result = samples ? deliver(hearing, samples) : AC_HEARING_DONE;
        if (result != AC_HEARING_DONE) return result;
    }
    return AC_HEARING_DONE;
}

ac_hearing_result ac_hearing_raw(ac_hearing *hearing, ac_peer_counts *counts, const uint8_t *payload,
                                 uint32_t length) {
    uint32_t total = ac_get32(payload + 4), rate = ac_get32(payload + 8), channels = ac_get32(payload + 12);
    if (channels < 1 || channels > 8 || rate < 8000 || rate > 192000 || total > RAW_MOST ||
        total % channels != 0 || 16 + 4 * (uint64_t)total != length)
        return AC_HEARING_BAD;
    note_gap(hearing, counts);
    if (hearing->ignored) {
        ac_count(&counts->sounds_in, 1);
        return AC_HEARING_DONE;
    }
    if (rate != hearing->raw_rate) {
        memset(hearing->raw_before, 0, sizeof hearing->raw_before);
        hearing->raw_position = 0.0;
        hearing->raw_rate = rate;
    }
    hearing->raw = payload + 16;
    hearing->raw_channels = channels;
    hearing->raw_frames = total / channels;
    return ac_hearing_next(hearing, counts);
}

ac_hearing_result ac_hearing_next(ac_hearing *hearing, ac_peer_counts *counts) {
    ac_hearing_result result = next_opus(hearing, counts);
    return result == AC_HEARING_DONE ? next_raw(hearing, counts) : result;
}
