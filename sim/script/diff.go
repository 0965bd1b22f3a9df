package script

import "strings"

// Diff shows the expected and the actual lines: those of both as they are, those that are only
// expected behind -, those that only came behind +.
func Diff(want, got []string) string {
	var head, tail strings.Builder
	for len(want) > 0 && len(got) > 0 && want[0] == got[0] {
		head.WriteString("  " + want[0] + "\n")
		want, got = want[1:], got[1:]
	}
	same := 0
	for same < len(want) && same < len(got) && want[len(want)-1-same] == got[len(got)-1-same] {
		same++
	}
	for _, line := range want[len(want)-same:] {
		tail.WriteString("  " + line + "\n")
	}
	return head.String() + differing(want[:len(want)-same], got[:len(got)-same]) + tail.String()
}

// mostCells bounds the memory of a comparison; above it nothing in the middle is taken for common.
const mostCells = 4_000_000

// differing compares the lines between the common beginning and end.
func differing(want, got []string) string {
	if len(want)*len(got) > mostCells {
		return listed("- ", want) + listed("+ ", got)
	}
	// common[i][j] is the length of the longest common subsequence of want[i:] and got[j:].
	common := make([][]int, len(want)+1)
	for i := range common {
		common[i] = make([]int, len(got)+1)
	}
	for i := len(want) - 1; i >= 0; i-- {
		for j := len(got) - 1; j >= 0; j-- {
			if want[i] == got[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var b strings.Builder
	for i, j := 0, 0; i < len(want) || j < len(got); {
		switch {
		case i < len(want) && j < len(got) && want[i] == got[j]:
			b.WriteString("  " + want[i] + "\n")
			i, j = i+1, j+1
		case j == len(got) || i < len(want) && common[i+1][j] >= common[i][j+1]:
			b.WriteString("- " + want[i] + "\n")
			i++
		default:
			b.WriteString("+ " + got[j] + "\n")
			j++
		}
	}
	return b.String()
}

func listed(mark string, lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(mark + line + "\n")
	}
	return b.String()
}
