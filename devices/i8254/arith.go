package i8254

const second = 1_000_000_000 // in ns

// clocks is how many pulses of the clock input have come after ns. Pulse k
// comes at nanoseconds(k): clocks(nanoseconds(k)) is k, and k-1 just before.
func clocks(ns int64) int64 {
	ns++
	return floorDiv(ns, second)*Frequency + floorDiv(floorMod(ns, second)*Frequency-1, second)
}

// nanoseconds is the time of a pulse of the clock input, rounded down.
func nanoseconds(clocks int64) int64 {
	return floorDiv(clocks, Frequency)*second + floorMod(clocks, Frequency)*second/Frequency
}

func floorDiv(a, b int64) int64 { return (a - floorMod(a, b)) / b }

func floorMod(a, b int64) int64 {
	m := a % b
	if m < 0 {
		m += b
	}
	return m
}

// fromBCD reads four decimal digits. Digits above 9 count for what they are.
func fromBCD(v uint16) int32 {
	return int32(v>>12)*1000 + int32(v>>8&15)*100 + int32(v>>4&15)*10 + int32(v&15)
}

func toBCD(v int64) uint16 {
	return uint16(v/1000%10<<12 | v/100%10<<8 | v/10%10<<4 | v%10)
}
