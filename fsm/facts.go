package fsm

// factBits are the bits of a guard that are facts.
const factBits = bits(^Facts(0))

// ClientFacts returns the facts that the client looks at when an event like ev happens, in some
// phase: a host finds these, and others change nothing. The Facts of ev itself do not matter. They
// come from the guards of the table; docs/facts.md lists them for all events.
func ClientFacts(ev Event) (facts Facts) {
	in := clientInputOf(ev)
	for p := range clientTable {
		facts |= clientTable[p][in].facts()
	}
	return facts
}

// ServerFacts is [ClientFacts] for the server. Of a decision they include what its status code
// requires: without those the decision is misuse.
func ServerFacts(ev Event) (facts Facts) {
	in := serverInputOf(ev)
	for p := range serverTable {
		c := serverTable[p][in]
		facts |= c.facts()
		if ev.Kind == EventDecided && c.mask()&obligationsMet != 0 {
			for _, n := range needs {
				if dutiesOf(ev.Status)&n.duty != 0 {
					facts |= n.fact
				}
			}
		}
	}
	return facts
}

// mask returns the bits that the guards of a cell look at.
func (c cell) mask() (m bits) {
	for i := range c {
		m |= c[i].mask
	}
	return m
}

func (c cell) facts() Facts { return Facts(c.mask() & factBits) }
