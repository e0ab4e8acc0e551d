package store

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	tagPrefix      = "tag-"
	manifestSuffix = ".snap"
	longestTag     = 255 // bytes
	longestName    = 120 // bytes of a tag in the name of its file
)

// checkTag refuses what cannot name a snapshot.
func checkTag(tag string) error {
	switch {
	case tag == "":
		return fmt.Errorf("a snapshot needs a name")
	case len(tag) > longestTag:
		return fmt.Errorf("the name of a snapshot has %d bytes, %d are allowed: %.40q…", len(tag), longestTag, tag)
	case !utf8.ValidString(tag):
		return fmt.Errorf("the name of a snapshot must be text, %q is not UTF-8", tag)
	}
	for _, r := range tag {
		if !unicode.IsPrint(r) {
			return fmt.Errorf("the name of a snapshot must be printable, %q contains %U", tag, r)
		}
	}
	return nil
}

// manifestName is the file of the snapshot with the given tag. Lower-case
// letters, digits, dots, hyphens and underscores stand for themselves, so that
// two tags never share a file where file names ignore case. A long tag is cut
// and its SHA-256 put behind it.
func manifestName(tag string) string {
	var b strings.Builder
	b.WriteString(tagPrefix)
	for i := 0; i < len(tag); i++ {
		c := tag[i]
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.IndexByte(".-_", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02x", c)
		}
		if b.Len() > longestName {
			sum := sha256.Sum256([]byte(tag))
			fmt.Fprintf(&b, "~%x", sum[:16])
			break
		}
	}
	return b.String() + manifestSuffix
}

// isManifest tells files of snapshots from others.
func isManifest(name string) bool {
	return strings.HasPrefix(name, tagPrefix) && strings.HasSuffix(name, manifestSuffix)
}

// tagOf is the tag that a file was named for, as far as the name tells.
func tagOf(name string) string {
	name = strings.TrimSuffix(strings.TrimPrefix(name, tagPrefix), manifestSuffix)
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		var c byte
		if name[i] != '%' {
			b.WriteByte(name[i])
		} else if n, _ := fmt.Sscanf(name[i:], "%%%02x", &c); n == 1 {
			b.WriteByte(c)
			i += 2
		}
	}
	return b.String()
}
