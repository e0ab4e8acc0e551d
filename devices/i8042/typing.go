package i8042

// heldKeys are keys that are held, one bit for each.
type heldKeys [maxKeys / 64]uint64

// Key presses or releases a key. Pressing one that is held and releasing one
// that is not change nothing: it is the keyboard that repeats a held key.
func (k *Keyboard) Key(key Key, pressed bool) {
	if key >= keyCount || k.isHeld(key) == pressed {
		return
	}
	k.held[key/64] ^= 1 << (key % 64)
	k.send(key, pressed)
	switch {
	case pressed:
		k.last = key
		k.repeat.SetExpiry(k.clock.Now() + k.delay())
	case key == k.last:
		k.last = 0
		k.repeat.SetExpiry(-1)
	}
}

// Ready tells whether there is room for whatever a key sends. What finds no
// room is lost.
func (k *Keyboard) Ready() bool { return k.room(longestCode) }

func (k *Keyboard) isHeld(key Key) bool { return k.held[key/64]&(1<<(key%64)) != 0 }

func (k *Keyboard) anyHeld(keys ...Key) bool {
	for _, key := range keys {
		if k.isHeld(key) {
			return true
		}
	}
	return false
}

func (k *Keyboard) room(n int) bool {
	return int(k.output.count-k.replies())+n <= bufferSize
}

// send sends the codes of a key, all or none.
func (k *Keyboard) send(key Key, pressed bool) {
	codes := k.codes(key, pressed)
	if !k.scanning || len(codes) == 0 || !k.room(len(codes)) {
		return
	}
	for _, code := range codes {
		k.sendCode(code)
	}
	k.changed()
}

// sendCode puts one byte on the line, through the translation if that is on:
// it swallows a break prefix and marks the next byte instead.
func (k *Keyboard) sendCode(code uint8) {
	switch {
	case !k.translate:
		k.output.put(code)
	case code == breakPrefix:
		k.highBit = true
	case k.highBit:
		k.highBit = false
		k.output.put(translation[code] | releaseBit)
	default:
		k.output.put(translation[code])
	}
}

// delay is how long a key is held before it repeats, in nanoseconds.
func (k *Keyboard) delay() int64 { return (1 + int64(k.rate>>5&3)) * 250_000_000 }

// period is the time between two repetitions.
func (k *Keyboard) period() int64 {
	return (8 + int64(k.rate&7)) << (k.rate >> 3 & 3) * 4_170_000
}

func (k *Keyboard) repeated() {
	if k.repeats(k.last) {
		k.send(k.last, true)
		k.repeat.SetExpiry(k.clock.Now() + k.period())
	}
}

// repeats tells whether a held key sends its code again and again. Pause has
// no release, so it cannot.
func (k *Keyboard) repeats(key Key) bool {
	if k.set == 3 {
		return k.types[key]&typematic != 0
	}
	return key != KeyPause
}
