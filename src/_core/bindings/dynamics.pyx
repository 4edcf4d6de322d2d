"""The dynamics units that voices and listeners are made of, each by itself."""

from threading import Lock

import numpy

from asciichat._core.arrays import check_samples

LIMITER_DELAY = AC_LIMITER_DELAY


cdef _between(str name, double value, double low, double high, str unit):
    if not low <= value <= high:
        raise ValueError(f"{name} is {low:g} to {high:g} {unit}, not {value:g}")


cdef _copy(samples):
    copied = numpy.array(check_samples(samples), numpy.float32)
    if not numpy.isfinite(copied).all():
        raise ValueError("samples must be finite: there is an infinity or not-a-number among them")
    return copied


cdef class Compressor:
    """A soft-knee compressor.

    For a level L dBFS and o = L - threshold the gain is 0 dB for o <= -knee/2, (1/ratio - 1) o for o >=
    knee/2, and (1/ratio - 1) (o + knee/2)^2 / (2 knee) between. Levels are peaks of 32 samples. The gain is
    smoothed in decibels: with `attack` while it falls, with `release` while it rises.

    Parameters
    ----------
    threshold_db : float, default -10
        -100 to 0 dBFS.
    ratio : float, default 4
        1 to 1000.
    knee_db : float, default 2
        Whole width of the knee, 0 to 40 dB.
    attack, release : float, default 0.01 and 0.1
        Seconds for 63 % of a change, 0 to 10.
    makeup_db : float, default 0
        Gain after compression, -40 to 40 dB.
    rate : float, default 48000
        Samples per second, 1000 to 1000000.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    Notes
    -----
    Calls from several threads wait for one another.

    References
    ----------
    D. Giannoulis, M. Massberg, J. D. Reiss: Digital Dynamic Range Compressor Design, JAES 60(6), 2012.
    """

    def __cinit__(self, *, double threshold_db=-10.0, double ratio=4.0, double knee_db=2.0,
                  double attack=0.01, double release=0.1, double makeup_db=0.0, double rate=48000.0):
        _between("threshold_db", threshold_db, -100, 0, "dBFS")
        _between("ratio", ratio, 1, 1000, "(to 1)")
        _between("knee_db", knee_db, 0, 40, "dB")
        _between("attack", attack, 0, 10, "s")
        _between("release", release, 0, 10, "s")
        _between("makeup_db", makeup_db, -40, 40, "dB")
        _between("rate", rate, 1000, 1000000, "samples a second")
        self._busy = Lock()
        self._settings = ac_compressor_settings(threshold_db, ratio, knee_db, attack, release, makeup_db)
        self._rate = rate
        ac_compressor_init(&self._unit, &self._settings, self._rate)

    def curve(self, double level_db):
        """The gain for a steady level.

        Parameters
        ----------
        level_db : float
            dBFS.

        Returns
        -------
        float
            dB, at most 0, without make-up.
        """
        return ac_compressor_curve(&self._unit, level_db)

    @property
    def reduction_db(self):
        """The gain at this moment, dB, at most 0, without make-up."""
        return self._unit.reduction_db

    def reset(self):
        """Forget everything heard so far."""
        with self._busy:
            ac_compressor_init(&self._unit, &self._settings, self._rate)

    def process(self, samples):
        """Compress the next samples of a stream.

        Parameters
        ----------
        samples : buffer of float32, shape (n,)
            Finite.

        Returns
        -------
        numpy.ndarray of float32, shape (n,)

        Raises
        ------
        ValueError
            If it is not such a buffer, or a sample is not finite.
        """
        output = _copy(samples)
        cdef float[::1] view = output
        if view.shape[0]:
            with self._busy:
                with nogil:
                    ac_compressor_process(&self._unit, &view[0], <size_t>view.shape[0])
        return output


cdef class Gate:
    """A noise gate with hysteresis.

    Opens when a peak exceeds `open_db`; closes when none has exceeded `close_db` for `hold`.

    Parameters
    ----------
    open_db, close_db : float, default -52 and -58
        -120 to 0 dBFS; `close_db` is not above `open_db`.
    attack : float, default 0.005
        Seconds for 63 % of opening, 0 to 10.
    hold : float, default 0.2
        Seconds, 0 to 10.
    release : float, default 0.1
        Seconds for 63 % of closing, 0 to 10.
    rate : float, default 48000
        Samples per second, 1000 to 1000000.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    Notes
    -----
    Calls from several threads wait for one another.
    """

    def __cinit__(self, *, double open_db=-52.0, double close_db=-58.0, double attack=0.005, double hold=0.2,
                  double release=0.1, double rate=48000.0):
        _between("open_db", open_db, -120, 0, "dBFS")
        _between("close_db", close_db, -120, open_db, "dBFS")
        _between("attack", attack, 0, 10, "s")
        _between("hold", hold, 0, 10, "s")
        _between("release", release, 0, 10, "s")
        _between("rate", rate, 1000, 1000000, "samples a second")
        self._busy = Lock()
        self._settings = ac_gate_settings(open_db, close_db, attack, hold, release)
        self._rate = rate
        ac_gate_init(&self._unit, &self._settings, self._rate)

    @property
    def is_open(self):
        """Whether sound is let through."""
        return bool(self._unit.open)

    @property
    def gain(self):
        """The gain at this moment, 0 to 1."""
        return self._unit.gain

    def reset(self):
        """Close, and forget everything heard so far."""
        with self._busy:
            ac_gate_init(&self._unit, &self._settings, self._rate)

    def process(self, samples):
        """Gate the next samples of a stream.

        Parameters
        ----------
        samples : buffer of float32, shape (n,)
            Finite.

        Returns
        -------
        numpy.ndarray of float32, shape (n,)

        Raises
        ------
        ValueError
            If it is not such a buffer, or a sample is not finite.
        """
        output = _copy(samples)
        cdef float[::1] view = output
        if view.shape[0]:
            with self._busy:
                with nogil:
                    ac_gate_process(&self._unit, &view[0], <size_t>view.shape[0])
        return output


cdef class Limiter:
    """A look-ahead limiter: nothing above the ceiling, the same for both signs.

    What comes out went in 64 samples (`LIMITER_DELAY`) before, so that the gain is down when a peak arrives:
    it falls in straight lines over 48 samples.

    Parameters
    ----------
    ceiling_db : float, default -0.1
        -60 to 0 dBFS.
    release : float, default 0.05
        Seconds for 63 % of a return to unity, 0.001 to 10.
    rate : float, default 48000
        Samples per second, 1000 to 1000000.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    Notes
    -----
    Calls from several threads wait for one another.
    """

    def __cinit__(self, *, double ceiling_db=-0.1, double release=0.05, double rate=48000.0):
        _between("ceiling_db", ceiling_db, -60, 0, "dBFS")
        _between("release", release, 0.001, 10, "s")
        _between("rate", rate, 1000, 1000000, "samples a second")
        self._busy = Lock()
        self._settings = ac_limiter_settings(ceiling_db, release)
        self._rate = rate
        ac_limiter_init(&self._unit, &self._settings, self._rate)

    @property
    def gain(self):
        """The gain at this moment, above 0 and at most 1."""
        return self._unit.end

    def reset(self):
        """Forget everything heard so far, and the samples not yet out."""
        with self._busy:
            ac_limiter_init(&self._unit, &self._settings, self._rate)

    def process(self, samples):
        """Limit the next samples of a stream.

        Parameters
        ----------
        samples : buffer of float32, shape (n,)
            Finite.

        Returns
        -------
        numpy.ndarray of float32, shape (n,)
            64 samples late.

        Raises
        ------
        ValueError
            If it is not such a buffer, or a sample is not finite.
        """
        output = _copy(samples)
        cdef float[::1] view = output
        if view.shape[0]:
            with self._busy:
                with nogil:
                    ac_limiter_process(&self._unit, &view[0], <size_t>view.shape[0])
        return output


cdef class HighPass:
    """A second-order Butterworth high-pass: rumble goes, speech stays.

    Parameters
    ----------
    hertz : float, default 80
        Where 3 dB are lost, 1 to 1000 Hz.
    rate : float, default 48000
        Samples per second, 8000 to 1000000.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    Notes
    -----
    Calls from several threads wait for one another.

    References
    ----------
    R. Bristow-Johnson: Cookbook formulae for audio EQ biquad filter coefficients.
    """

    def __cinit__(self, double hertz=80.0, *, double rate=48000.0):
        _between("hertz", hertz, 1, 1000, "Hz")
        _between("rate", rate, 8000, 1000000, "samples a second")
        self._busy = Lock()
        self._hertz = hertz
        self._rate = rate
        ac_high_pass_init(&self._unit, self._hertz, self._rate)

    def reset(self):
        """Forget everything heard so far."""
        with self._busy:
            ac_high_pass_init(&self._unit, self._hertz, self._rate)

    def process(self, samples):
        """Filter the next samples of a stream.

        Parameters
        ----------
        samples : buffer of float32, shape (n,)
            Finite.

        Returns
        -------
        numpy.ndarray of float32, shape (n,)

        Raises
        ------
        ValueError
            If it is not such a buffer, or a sample is not finite.
        """
        output = _copy(samples)
        cdef float[::1] view = output
        if view.shape[0]:
            with self._busy:
                with nogil:
                    ac_high_pass_process(&self._unit, &view[0], <size_t>view.shape[0])
        return output
