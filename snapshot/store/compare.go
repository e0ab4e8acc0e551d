package store

import "iter"

// overlap is a stretch of two tables in which each has one run.
type overlap struct {
	first, end int64
	a, b       *run
}

// overlaps goes through two tables side by side, as far as both reach.
func overlaps(a, b *table) iter.Seq[overlap] {
	return func(yield func(overlap) bool) {
		for i, k := 0, 0; i < len(a.runs) && k < len(b.runs); {
			r, q := &a.runs[i], &b.runs[k]
			rEnd, qEnd := r.first+r.count, q.first+q.count
			if !yield(overlap{max(r.first, q.first), min(rEnd, qEnd), r, q}) {
				return
			}
			if rEnd <= qEnd {
				i++
			}
			if qEnd <= rEnd {
				k++
			}
		}
	}
}

// same tells whether both tables have the same pages in the overlap. For an
// overlap of runs of different kinds it may be wrong to say no.
func (o *overlap) same() bool {
	return o.a.at(o.first) == o.b.at(o.first) && (o.a.kind == o.b.kind || o.end == o.first+1)
}

// each calls visit for the pages that are the same in both tables and not
// zeros. b may be nil.
func each(a *fullTable, b *table, visit func(n int64)) {
	if b == nil {
		return
	}
	for o := range overlaps(&a.table, b) {
		if o.a.kind == runZero || !o.same() {
			continue
		}
		for n := o.first; n < o.end; n++ {
			visit(n)
		}
	}
}

// differing lists the clusters of a disk that are not the same in both tables.
func differing(a *fullTable, b *table) iter.Seq[int] {
	return func(yield func(int) bool) {
		next := int64(0) // all before were listed
		for o := range overlaps(&a.table, b) {
			if o.same() {
				continue
			}
			for c := max(o.first/clusterPages, next); c*clusterPages < o.end; c++ {
				if !yield(int(c)) {
					return
				}
				next = c + 1
			}
		}
	}
}
