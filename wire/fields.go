package wire

import "iter"

// Field is one field line. Value has no blanks around it and may be empty.
type Field struct{ Name, Value []byte }

// Fields are the field lines of a head in order. Names compare without regard
// to the case of ASCII letters. Nothing is merged.
type Fields []Field

// Get returns the value of the first field of that name.
func (f Fields) Get(name string) (value []byte, ok bool) {
	for i := range f {
		if equalFold(f[i].Name, name) {
			return f[i].Value, true
		}
	}
	return nil, false
}

// Count returns how many field lines have that name.
func (f Fields) Count(name string) int {
	n := 0
	for i := range f {
		if equalFold(f[i].Name, name) {
			n++
		}
	}
	return n
}

// All iterates over the values of all field lines of that name, in order.
func (f Fields) All(name string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for i := range f {
			if equalFold(f[i].Name, name) && !yield(f[i].Value) {
				return
			}
		}
	}
}

// HasToken reports whether one of the fields of that name lists token, as [HasToken] does.
func (f Fields) HasToken(name, token string) bool {
	for v := range f.All(name) {
		if HasToken(v, token) {
			return true
		}
	}
	return false
}
