package inbox

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// openForWriting reports whether some process of this machine has the file open for
// writing: then the kernel gives no read lease on it. Where it can't say (a share, a file of
// another user) the answer is no, and the two looks decide.
func openForWriting(path string) bool {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // takes the lease with it
	_, err = unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_RDLCK)
	return errors.Is(err, unix.EAGAIN)
}
