"""Where pictures and sound come from and go to: files, webcams, drawn people, microphones, codecs.

Nothing is imported until it is asked for: PyAV and PortAudio cost start-up time.
"""
