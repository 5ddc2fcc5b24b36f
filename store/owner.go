package store

import (
	"os"
	"strconv"
	"strings"
)

// processStart tells two processes that had the same id apart: when the process
// began, as the kernel counts it since boot. It is empty where the system does not
// say; then only the id is compared.
func processStart(pid int) string {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return ""
	}
	// The second field is the command in parentheses and may hold anything; the start
	// is the 22nd field, the 20th after it.
	_, rest, ok := cutLast(string(raw), ")")
	fields := strings.Fields(rest)
	if !ok || len(fields) < 20 {
		return ""
	}
	return fields[19]
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// ownerAlive reports whether the process that began a run still lives on this machine.
func ownerAlive(pid int, start string) bool {
	if !processExists(pid) {
		return false
	}
	now := processStart(pid)
	return start == "" || now == "" || now == start
}
