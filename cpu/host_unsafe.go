//go:build !race && !purego && (amd64 || 386 || arm64)

package cpu

import "unsafe"

// Loads and stores behind the TLB check: d plus the operand's size is at most
// 4096. These are little-endian hosts that allow unaligned access.

func le16(h *[PageSize]byte, d uint32) uint32 {
	return uint32(*(*uint16)(unsafe.Add(unsafe.Pointer(h), d)))
}

func le32(h *[PageSize]byte, d uint32) uint32 {
	return *(*uint32)(unsafe.Add(unsafe.Pointer(h), d))
}

func put16(h *[PageSize]byte, d, v uint32) {
	*(*uint16)(unsafe.Add(unsafe.Pointer(h), d)) = uint16(v)
}

func put32(h *[PageSize]byte, d, v uint32) {
	*(*uint32)(unsafe.Add(unsafe.Pointer(h), d)) = v
}
