package monitor

import "bytes"

// transcriptLimit is how much of what nobody waits for is kept.
const transcriptLimit = 1 << 20

// A Transcript is what the guest has sent and no wait has passed yet.
type Transcript struct{ text []byte }

// Add appends a byte.
func (t *Transcript) Add(b byte) {
	if len(t.text) == 2*transcriptLimit {
		t.text = append(t.text[:0], t.text[transcriptLimit:]...)
	}
	t.text = append(t.text, b)
}

// Find finds a text and passes it, so that the next search begins behind it.
func (t *Transcript) Find(text string) bool {
	at := bytes.Index(t.text, []byte(text))
	if at < 0 {
		return false
	}
	t.text = append(t.text[:0], t.text[at+len(text):]...)
	return true
}
