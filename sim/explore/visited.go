package explore

import "math/bits"

// The state space is dealt to parts by fingerprint. Each part is filled by one worker at a time, in
// an order that does not depend on how many there are.
const (
	partBits = 4
	parts    = 1 << partBits
)

// id names a state: its part in the high bits, its place in it in the low ones. The two highest
// bits are free for labels.
type id uint32

const (
	placeBits   = 30 - partBits
	fairLabel   = id(1) << 31
	spendsLabel = id(1) << 30
	noID        = ^id(0)
	maxPerPart  = 1<<placeBits - 1
	growAtFifth = 4 // a table grows when it is four fifths full
)

func idOf(part int, place uint32) id { return id(part)<<placeBits | id(place) }
func (i id) part() int               { return int(i.bare() >> placeBits) }
func (i id) bare() id                { return i &^ (fairLabel | spendsLabel) }
func (i id) place() uint32           { return uint32(i & maxPerPart) }

// partOf returns the part of a fingerprint.
func partOf(fp uint64) int { return int(fp >> (64 - partBits)) }

// visited is the set of states of one part: their fingerprints in the order of discovery, and an
// open-addressing table of places in that list. Together that is 13 to 16 bytes a state, four more
// for where it was first reached from.
type visited struct {
	prints []uint64
	from   []id     // predecessor on a shortest path, noID for a start
	slots  []uint32 // place plus one and a tag of the fingerprint, 0 for none
	exact  map[string]uint32
}

// start is where the search for a fingerprint begins. The bits that chose the part are not looked
// at again.
func (v *visited) start(fp uint64) int {
	n, _ := bits.Mul64(fp<<partBits, uint64(len(v.slots)))
	return int(n)
}

// find returns the place of a state. encoded is looked at only if the set is exact.
func (v *visited) find(fp uint64, encoded []byte) (place uint32, ok bool) {
	if v.exact != nil {
		place, ok = v.exact[string(encoded)]
		return place, ok
	}
	if len(v.slots) == 0 {
		return 0, false
	}
	for i := v.start(fp); ; {
		n := v.slots[i]
		if n == 0 {
			return 0, false
		}
		if place = n&maxPerPart - 1; n&^maxPerPart == tag(fp) && v.prints[place] == fp {
			return place, true
		}
		if i++; i == len(v.slots) {
			i = 0
		}
	}
}

// add puts a state that is not there into the set.
func (v *visited) add(fp uint64, encoded []byte, from id) (place uint32) {
	place = uint32(len(v.prints))
	v.prints, v.from = append(v.prints, fp), append(v.from, from)
	if v.exact != nil {
		v.exact[string(encoded)] = place
		return place
	}
	if len(v.prints)*5 > len(v.slots)*growAtFifth {
		v.grow()
		return place
	}
	v.put(fp, place)
	return place
}

func (v *visited) put(fp uint64, place uint32) {
	i := v.start(fp)
	for v.slots[i] != 0 {
		if i++; i == len(v.slots) {
			i = 0
		}
	}
	v.slots[i] = tag(fp) | (place + 1)
}

// tag is the part of a fingerprint in a slot, in the bits that a place does not need: most others
// are told apart without a look at the list.
func tag(fp uint64) uint32 { return uint32(fp) << placeBits }

// touch brings the memory that find will read into the cache: first the slot, then the part of the
// list that it points to. The result depends on that memory.
func (v *visited) touch(fp uint64) uint32 {
	if len(v.slots) == 0 {
		return 0
	}
	return v.slots[v.start(fp)]
}

func (v *visited) touchPrint(slot uint32) uint64 {
	if slot == 0 {
		return 0
	}
	return v.prints[slot&maxPerPart-1]
}

// grow makes the table half as large again and fills it anew.
func (v *visited) grow() {
	v.slots = make([]uint32, max(1<<6, len(v.prints)*15/8))
	for place, fp := range v.prints {
		v.put(fp, uint32(place))
	}
}

// bytes returns how much memory the set takes, and how much of it is for predecessors.
func (v *visited) bytes() (set, from int) {
	set = 8*cap(v.prints) + 4*cap(v.slots)
	for k := range v.exact {
		set += len(k) + 24 // text, its header and the place, without the map's own spare room
	}
	return set, 4 * cap(v.from)
}
