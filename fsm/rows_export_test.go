package fsm

// SetRow puts r in the place of row n of a side's table, as [ClientRows] and [ServerRows] count,
// and returns how to undo it. Only tests can.
func SetRow(side string, n int, r Row) (undo func()) {
	at := placeOf(side, n)
	old := *at.row
	*at.row = read(side, r)
	return func() { *at.row = old }
}
