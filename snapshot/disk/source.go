package disk

// A Source gives content that is stored elsewhere. It must stay readable while
// somebody refers to it. It may be asked by several goroutines.
type Source interface {
	// ReadCluster fills p with a cluster. Only the last one may be shorter than
	// ClusterSize.
	ReadCluster(index int64, p []byte) error
}

// A SparseSource knows which clusters are zeros.
type SparseSource interface {
	Source
	// NextData is the first cluster from index on that may hold something else
	// than zeros. If there is none, it is any number behind the last.
	NextData(index int64) int64
}

// FromBytes makes contents of some bytes, and zeros behind them up to size. The
// bytes may not be changed afterwards.
func FromBytes(size int64, content []byte) *Contents { return FromSource(size, bytesSource(content)) }

type bytesSource []byte

func (b bytesSource) ReadCluster(index int64, p []byte) error {
	from := min(index*ClusterSize, int64(len(b)))
	clear(p[copy(p, b[from:]):])
	return nil
}

// readPart reads a part of a cluster of some length.
func readPart(s Source, k, length int, p []byte, off int64) error {
	if len(p) == length {
		return s.ReadCluster(int64(k), p)
	}
	content := make([]byte, length)
	err := s.ReadCluster(int64(k), content)
	copy(p, content[off:])
	return err
}

// recent is the cluster that was read last from a source. Guests read sector by
// sector, sources give whole clusters.
type recent struct {
	at      *place
	k       int
	content []byte
}

func (r *recent) read(at *place, k, length int, p []byte, off int64) error {
	if r.at != at || r.k != k {
		content := append(r.content[:0], make([]byte, length)...)
		*r = recent{content: content}
		if err := at.source.ReadCluster(int64(k), content); err != nil {
			return err
		}
		r.at, r.k = at, k
	}
	copy(p, r.content[off:])
	return nil
}
