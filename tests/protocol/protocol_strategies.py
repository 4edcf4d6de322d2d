"""Hypothesis strategies for every payload."""

from __future__ import annotations

from hypothesis import strategies as st

from asciichat.protocol import payloads as p
from asciichat.protocol import types as t


def text(limit: int, least: int = 0) -> st.SearchStrategy[str]:
    characters = st.characters(exclude_characters="\0", codec="utf-8")
    return st.text(characters, min_size=least, max_size=limit).filter(lambda s: len(s.encode()) <= limit)


def flags(kind, *, empty: bool = True):
    return st.sets(st.sampled_from(list(kind)), min_size=0 if empty else 1).map(
        lambda members: kind(sum(m.value for m in members))
    )


slot = st.integers(0, 31)
u16 = st.integers(0, 0xFFFF)
u32 = st.integers(0, 0xFFFFFFFF)
key = st.binary(min_size=32, max_size=32)
signature = st.binary(min_size=64, max_size=64)
palette_text = text(12, 1).filter(str.isprintable)

capabilities = st.one_of(
    st.tuples(st.sampled_from([x for x in t.PaletteType if x is not t.PaletteType.CUSTOM]), st.just("")),
    st.tuples(st.just(t.PaletteType.CUSTOM), palette_text),
).flatmap(
    lambda palette: st.builds(
        p.ClientCapabilities,
        width=st.integers(1, 4096),
        height=st.integers(1, 4096),
        abilities=u32.map(t.TerminalAbility),
        color_level=st.sampled_from(t.ColorLevel),
        color_count=st.none() | u32,
        render_mode=st.sampled_from(list(t.RenderMode)[:3]),
        term=text(31),
        colorterm=text(31),
        detection_reliable=st.booleans(),
        utf8=st.booleans(),
        palette=st.just(palette[0]),
        palette_custom=st.just(palette[1]),
        desired_fps=st.integers(1, 144),
        color_filter=st.sampled_from(t.ColorFilter),
        wants_padding=st.booleans(),
        video_codecs=flags(t.VideoCodec),
        audio_codecs=flags(t.AudioCodec),
    )
)

image_frames = st.tuples(st.integers(1, 24), st.integers(1, 24)).flatmap(
    lambda size: st.builds(
        p.ImageFrame,
        st.just(size[0]),
        st.just(size[1]),
        st.binary(min_size=3 * size[0] * size[1], max_size=3 * size[0] * size[1]),
        st.integers(1, 4),
    )
)

hevc_frames = st.builds(
    p.ImageFrameH265,
    st.integers(1, 8192),
    st.integers(1, 8192),
    st.just(b"") | st.binary(max_size=80).map(lambda nal: b"\0\0\0\1\x40" + nal),
    st.booleans(),
    st.booleans(),
)

ascii_frames = st.builds(
    p.AsciiFrame,
    st.integers(1, 16384),
    st.integers(1, 16384),
    st.binary(max_size=300),
    flags(t.AsciiFlag).map(lambda f: f & ~t.AsciiFlag.RLE),
)

opus_batches = st.builds(
    p.OpusBatch,
    st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=10).map(tuple),
    st.sampled_from([10, 20]),
    st.integers(0, 0xFFFFFFFF),
)

audio_batches = st.builds(
    p.AudioBatch,
    st.integers(8000, 192000),
    st.integers(1, 8),
    st.lists(st.integers(-(1 << 31), (1 << 31) - 1), min_size=1, max_size=30).map(tuple),
    st.integers(1, 0xFFFFFFFF),
)

signed_resp = st.builds(p.KeyExchangeResp, key, key, signature, st.binary(max_size=40))

BY_CLASS: dict[type[p.Payload], st.SearchStrategy[p.Payload]] = {
    p.ClientCapabilities: capabilities,
    p.Ping: st.builds(p.Ping),
    p.Pong: st.builds(p.Pong),
    p.ClearConsole: st.builds(p.ClearConsole),
    p.StreamStart: st.builds(p.StreamStart, flags(t.Stream, empty=False)),
    p.ViewOptions: st.builds(
        p.ViewOptions,
        render_mode=st.sampled_from(t.RenderMode),
        glyphs=st.integers(0, 15),
        dither=st.booleans(),
        rep=st.booleans(),
        names=st.booleans(),
        hide_self=st.booleans(),
        arrangement=st.sampled_from(t.Arrangement),
        focus=st.none() | st.integers(0, 31),
        page=st.integers(0, 255),
    ),
    p.Presence: st.builds(p.Presence, slot)
    | st.builds(
        p.Presence, slot, flags(t.PresenceFlag).map(lambda f: f | t.PresenceFlag.PRESENT), text(40, 1)
    ),
    p.Speaking: st.builds(p.Speaking, u32),
    p.TextLine: st.builds(p.TextLine, text(512, 1), slot | st.just(255), text(40), st.booleans()),
    p.PictureSize: st.just(p.PictureSize(0, 0))
    | st.builds(p.PictureSize, st.integers(1, 65535), st.integers(1, 65535)),
    p.StreamStop: st.builds(p.StreamStop, flags(t.Stream, empty=False)),
    p.ServerState: st.builds(p.ServerState, u32, u32),
    p.ErrorMessage: st.builds(p.ErrorMessage, u32, text(512)),
    p.RemoteLog: st.builds(
        p.RemoteLog, st.sampled_from(t.LogLevel), st.sampled_from(t.LogDirection), text(511), st.booleans()
    ),
    p.ClientJoin: st.builds(p.ClientJoin, u32, text(31, 1), flags(t.JoinAbility, empty=False)),
    p.ClientLeave: st.builds(p.ClientLeave, text(256)),
    p.ImageFrame: image_frames,
    p.ImageFrameH265: hevc_frames,
    p.AsciiFrame: ascii_frames,
    p.OpusBatch: opus_batches,
    p.AudioBatch: audio_batches,
    p.ProtocolVersion: st.builds(
        p.ProtocolVersion, st.integers(1, 255).map(t.Mode), u16.map(t.Feature), u16, u16
    ),
    p.CryptoClientHello: st.builds(p.CryptoClientHello, key),
    p.CryptoCapabilities: st.builds(
        p.CryptoCapabilities, u16, u16, u16, st.booleans(), *[st.integers(0, 255) for _ in range(3)]
    ),
    p.CryptoParameters: st.builds(p.CryptoParameters, st.booleans(), st.booleans()),
    p.KeyExchangeInit: st.builds(p.KeyExchangeInit, key) | st.builds(p.KeyExchangeInit, key, key, signature),
    p.KeyExchangeResp: st.builds(p.KeyExchangeResp, key) | signed_resp,
    p.AuthChallenge: st.builds(p.AuthChallenge, flags(t.AuthRequirement), key),
    p.ServerAuthResp: st.builds(p.ServerAuthResp, key),
    p.AuthFailed: st.builds(p.AuthFailed, st.integers(0, 255).map(t.AuthFailure)),
    p.HandshakeComplete: st.builds(p.HandshakeComplete),
    p.NoEncryption: st.builds(p.NoEncryption),
    p.NoiseMessage: st.builds(p.NoiseMessage, st.binary(min_size=16, max_size=193)),
    p.KeyUpdate: st.builds(p.KeyUpdate),
    p.RekeyRequest: st.builds(p.RekeyRequest, key),
    p.RekeyResponse: st.builds(p.RekeyResponse, key),
    p.RekeyComplete: st.builds(p.RekeyComplete, st.binary(min_size=1, max_size=80)),
}

AUTH_RESPONSES: dict[type[p.Payload], st.SearchStrategy[p.Payload]] = {
    p.PasswordResponse: st.builds(p.PasswordResponse, key, key),
    p.KeyResponse: st.builds(p.KeyResponse, signature, key, st.binary(max_size=40)),
}

payloads = st.one_of(*BY_CLASS.values())
