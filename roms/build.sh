#!/bin/sh
# Rebuild the fonts and the ROM images. Needs go and nasm.
cd "$(dirname "$0")" && exec go run ./mkroms .
