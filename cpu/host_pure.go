//go:build race || purego || !(amd64 || 386 || arm64)

package cpu

import "encoding/binary"

// Loads and stores behind the TLB check in plain Go.

func le16(h *[PageSize]byte, d uint32) uint32 {
	return uint32(binary.LittleEndian.Uint16(h[d:]))
}

func le32(h *[PageSize]byte, d uint32) uint32 { return binary.LittleEndian.Uint32(h[d:]) }

func put16(h *[PageSize]byte, d, v uint32) { binary.LittleEndian.PutUint16(h[d:], uint16(v)) }

func put32(h *[PageSize]byte, d, v uint32) { binary.LittleEndian.PutUint32(h[d:], v) }
