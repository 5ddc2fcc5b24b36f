package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// LibraryVersion is the version of the npm packages that package.json pins.
const LibraryVersion = "26.7.3-stable.1"

// ErrNoLibrary is wrapped by FindLibrary's errors.
var ErrNoLibrary = errors.New("the ClickHouse library was not found")

// npmPlatforms holds the npm package of each platform that has one.
var npmPlatforms = map[string]string{
	"linux/amd64":  "@chdb/lib-linux-x64-gnu",
	"linux/arm64":  "@chdb/lib-linux-arm64-gnu",
	"darwin/amd64": "@chdb/lib-darwin-x64",
	"darwin/arm64": "@chdb/lib-darwin-arm64",
}

const useServer = "set clickhouse.dsn in the configuration (or CHISO_CLICKHOUSE_DSN) to use a ClickHouse server"

func errUnsupported() error {
	return fmt.Errorf("%w: there is none for %s/%s; %s", ErrNoLibrary, runtime.GOOS, runtime.GOARCH, useServer)
}

// FindLibrary returns the path of libchdb. An explicit path is taken or refused,
// never replaced by another. Without one it looks beside the executable, in lib
// beside it, in node_modules of the executable's directory, of its parent and of
// the working directory, and last in chiso's folder of dataDirs (the caller's XDG
// data directories) and of the usual system directories.
func FindLibrary(explicit string, dataDirs ...string) (string, error) {
	if explicit != "" {
		path, err := filepath.Abs(explicit)
		if err != nil {
			return "", err
		}
		if fi, err := os.Stat(path); err != nil || fi.IsDir() {
			return "", fmt.Errorf("%w: %s is not a file; correct or remove the setting, or run `make engine`", ErrNoLibrary, explicit)
		}
		return path, nil
	}
	pkg, ok := npmPlatforms[runtime.GOOS+"/"+runtime.GOARCH]
	if !ok {
		return "", errUnsupported()
	}
	var near []string
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		dir := filepath.Dir(exe)
		near = append(near, dir, filepath.Join(dir, "lib"), modules(dir, pkg), modules(filepath.Dir(dir), pkg))
	}
	for _, dir := range near {
		if path, ok := libraryIn(dir, false); ok {
			return path, nil
		}
	}
	if wd, err := os.Getwd(); err == nil {
		if path, ok := libraryIn(modules(wd, pkg), true); ok {
			return path, nil
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		dataDirs = append(dataDirs, filepath.Join(home, ".local", "share"))
	}
	dataDirs = append(dataDirs, "/usr/local/share", "/usr/share", "/usr/local/lib", "/usr/lib")
	for _, dir := range dataDirs {
		for _, sub := range []string{"chiso", filepath.Join("chiso", "lib")} {
			if path, ok := libraryIn(filepath.Join(dir, sub), false); ok {
				return path, nil
			}
		}
	}
	return "", fmt.Errorf("%w: run `make engine` in the source tree, or `npm install --no-save %s@%s` beside the program, or %s",
		ErrNoLibrary, pkg, LibraryVersion, useServer)
}

// LibraryUnder returns the library that npm installed into dir/node_modules.
func LibraryUnder(dir string) (string, error) {
	pkg, ok := npmPlatforms[runtime.GOOS+"/"+runtime.GOARCH]
	if !ok {
		return "", errUnsupported()
	}
	path, ok := libraryIn(modules(dir, pkg), false)
	if !ok {
		return "", fmt.Errorf("%w in %s: run `make engine`", ErrNoLibrary, modules(dir, pkg))
	}
	return path, nil
}

func modules(dir, pkg string) string {
	return filepath.Join(dir, "node_modules", filepath.FromSlash(pkg))
}

func libraryIn(dir string, mustTrust bool) (string, bool) {
	for _, name := range []string{"libchdb.so", "libchdb.dylib"} {
		path := filepath.Join(dir, name)
		fi, err := os.Stat(path)
		if err != nil || !fi.Mode().IsRegular() || (mustTrust && !trusted(fi)) {
			continue
		}
		return path, true
	}
	return "", false
}
