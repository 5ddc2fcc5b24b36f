package ingest

import (
	"crypto/sha256"
	"encoding/binary"
	"hash/maphash"
	"time"

	"github.com/cespare/xxhash/v2"

	"chiso/reform"
	"chiso/store"
)

// series is where a fact's value is said: a held document's series of files, or
// one cited publication. Later values of one series are revisions; different
// values of two are a conflict.
type series struct {
	no        uint32
	document  string // id: of the citation, else of the held file
	source    string // of the file
	cited     bool
	authority reform.Authority // 0: as the file that cites it
	file      *series          // of a cited one; its authority is known at the document's end only
	said      time.Time        // the publication's date as a moment; zero unknown
	citation  reform.Citation
}

func (s *series) rank() reform.Authority {
	if s.authority == 0 && s.file != nil {
		return s.file.authority
	}
	return s.authority
}

// record is a fact on its way into the database, filled and checked.
type record struct {
	reform.Fact
	from       *series
	origin     string
	periodText string
	scores     amounts
	hash       store.FactHash
}

// amounts are the numbers of a fact in millionths, kept to be compared.
type amounts struct{ score, max, numerator, denominator amount }

// A fact's hash, as it is stored, is of what is measured (Key) and of its content.
//
// Of the content the locator, the quote and the unit's printed name are left
// out: a row that moved down in the next edition of a tidy file is the same fact.
// The time is left out where nobody said it and we only know when we got it, else
// each retrieval would make a new fact. The carrier is left out: a cited number is
// one fact in whichever file it arrives. The document is in it: what two documents
// say are two facts, also where they agree, so that each can be asked what it says.

// appendIdentity appends what is measured, without the document.
func (r *record) appendIdentity(b []byte) []byte {
	for _, s := range [...]string{r.Index, r.Basis, string(r.Unit), r.periodText, r.Component, string(r.Stage), r.Scope} {
		b = append(b, s...)
		b = append(b, 0x1f)
	}
	return b
}

// setHashes computes both; buf holds the identity, and is returned longer for its memory.
func (r *record) setHashes(buf []byte) []byte {
	r.hash.Key = xxhash.Sum64(buf)
	buf = append(buf, r.from.document...)
	buf = append(buf, 0x1f)
	for _, a := range [...]amount{r.scores.score, r.scores.max, r.scores.numerator, r.scores.denominator} {
		if a.ok {
			buf = append(buf, 1)
			buf = binary.LittleEndian.AppendUint64(buf, uint64(a.v))
		} else {
			buf = append(buf, 0)
		}
	}
	buf = binary.LittleEndian.AppendUint32(buf, uint32(r.Place))
	buf = binary.LittleEndian.AppendUint32(buf, uint32(r.Of))
	if r.OfPrinted {
		buf = append(buf, 1)
	} else {
		buf = append(buf, 0)
	}
	for _, s := range [...]string{string(r.RankKind), string(r.Status)} {
		buf = append(buf, s...)
		buf = append(buf, 0x1f)
	}
	if r.origin != store.ObservedRetrieved {
		buf = binary.LittleEndian.AppendUint64(buf, uint64(r.ObservedAt.UnixMilli()))
	}
	sum := sha256.Sum256(buf)
	r.hash.Content = binary.BigEndian.Uint64(sum[:])
	return buf
}

// key is a hash for maps that live as long as one load: 128 bits of a seeded
// hash, so that neither chance nor a crafted file makes two identities one.
type key struct{ a, b uint64 }

var seedA, seedB = maphash.MakeSeed(), maphash.MakeSeed()

func keyOf(b []byte) key { return key{maphash.Bytes(seedA, b), maphash.Bytes(seedB, b)} }

// saidKey is the key of what is measured, by whom and when; b holds the identity.
func (r *record) saidKey(b []byte) key {
	b = binary.LittleEndian.AppendUint32(b, r.from.no)
	if r.origin == store.ObservedDocument {
		b = binary.LittleEndian.AppendUint64(b, uint64(r.ObservedAt.UnixMilli()))
	}
	return keyOf(b)
}

// has says which measures a fact carries; a row with a place and a row with a
// score of one unit are two facts that do not replace each other.
type has uint8

const (
	hasScore has = 1 << iota
	hasPlace
	hasRatio
)

func (r *record) has() (h has) {
	if r.scores.score.ok {
		h |= hasScore
	}
	if r.Place > 0 {
		h |= hasPlace
	}
	if r.scores.numerator.ok || r.scores.denominator.ok {
		h |= hasRatio
	}
	return h
}
