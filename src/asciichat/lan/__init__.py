"""Servers of the local network: announcing one, and finding those that are announced, by multicast DNS and DNS-SD.

The extra ``asciichat[lan]`` brings what this needs (zeroconf, ifaddr).
"""
