/* The functions of libsodium, libzstd and libopus that the core calls, as pointers: the libraries come with
   other packages' wheels and are handed over once, when asciichat._core.codec is imported. */
#ifndef ASCIICHAT_CODEC_H
#define ASCIICHAT_CODEC_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    int (*secretbox_easy)(unsigned char *c, const unsigned char *m, unsigned long long mlen,
                          const unsigned char *n, const unsigned char *k);
    int (*secretbox_open_easy)(unsigned char *m, const unsigned char *c, unsigned long long clen,
                               const unsigned char *n, const unsigned char *k);
    void (*memzero)(void *p, size_t len);
    /* ChaCha20-Poly1305 of RFC 8439; text and ciphertext may be the same, the tag follows the ciphertext. */
    int (*chacha20poly1305_encrypt)(unsigned char *c, unsigned long long *clen, const unsigned char *m,
                                    unsigned long long mlen, const unsigned char *ad,
                                    unsigned long long adlen, const unsigned char *nsec,
                                    const unsigned char *npub, const unsigned char *k);
    int (*chacha20poly1305_decrypt)(unsigned char *m, unsigned long long *mlen, unsigned char *nsec,
                                    const unsigned char *c, unsigned long long clen, const unsigned char *ad,
                                    unsigned long long adlen, const unsigned char *npub,
                                    const unsigned char *k);
} ac_sodium;

typedef struct {
    void *(*create_cctx)(void);
    size_t (*free_cctx)(void *ctx);
    size_t (*compress_cctx)(void *ctx, void *dst, size_t cap, const void *src, size_t size, int level);
    size_t (*decompress)(void *dst, size_t cap, const void *src, size_t size);
    size_t (*compress_bound)(size_t size);
    unsigned (*is_error)(size_t code);
} ac_zstd;

typedef struct {
    void *(*encoder_create)(int32_t rate, int channels, int application, int *error);
    void (*encoder_destroy)(void *encoder);
    int32_t (*encode_float)(void *encoder, const float *pcm, int frame, unsigned char *data, int32_t cap);
    int (*encoder_ctl)(void *encoder, int request, ...);
    void *(*decoder_create)(int32_t rate, int channels, int *error);
    void (*decoder_destroy)(void *decoder);
    int (*decode_float)(void *decoder, const unsigned char *data, int32_t length, float *pcm, int frame,
                        int fec);
    int (*decoder_ctl)(void *decoder, int request, ...);
} ac_opus;

/* Filled once before any other call, in the order of their members; read-only afterwards. */
extern ac_sodium ac_sodium_api;
extern ac_zstd ac_zstd_api;
extern ac_opus ac_opus_api;

#endif
