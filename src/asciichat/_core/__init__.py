"""The compiled core. Private: use the packages above it."""
