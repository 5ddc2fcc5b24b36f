package engine

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// appUser is the user that does all the work.
const appUser = "app"

// files are the paths inside a data directory.
type files struct{ root string }

func (f files) lock() string   { return filepath.Join(f.root, "engine.lock") }
func (f files) state() string  { return filepath.Join(f.root, "engine.json") }
func (f files) conf() string   { return filepath.Join(f.root, "engine") }
func (f files) config() string { return filepath.Join(f.root, "engine", "config.xml") }
func (f files) users() string  { return filepath.Join(f.root, "engine", "users.xml") }
func (f files) data() string   { return filepath.Join(f.root, "clickhouse") }

// make creates the directories. Those that exist are tightened too, except the data
// directory itself, which may be the user's own choice and hold other things.
func (f files) make() error {
	if err := os.MkdirAll(f.root, 0o700); err != nil {
		return fmt.Errorf("engine: data directory: %w", err)
	}
	for _, dir := range []string{f.conf(), f.data()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("engine: data directory: %w", err)
		}
		if err := os.Chmod(dir, 0o700); err != nil {
			return fmt.Errorf("engine: data directory: %w", err)
		}
	}
	return nil
}

// configXML is what the engine is started with. The caches are small, since the
// machine also runs the web server and the working set is a few megabytes; the port
// may be shared, since the supervisor keeps it reserved across restarts; idle
// connections are kept longer than any client keeps them, so that a client never
// writes into one that the engine is just closing.
func configXML(f files, opts Options, host string) string {
	var b strings.Builder
	put := func(format string, args ...any) {
		for i, a := range args {
			if s, ok := a.(string); ok {
				args[i] = escape(s)
			}
		}
		fmt.Fprintf(&b, format+"\n", args...)
	}
	put("<clickhouse>")
	put("<listen_host>%s</listen_host>", host)
	put("<listen_reuse_port>true</listen_reuse_port>")
	put("<keep_alive_timeout>3600</keep_alive_timeout>")
	put("<max_keep_alive_requests>1000000000</max_keep_alive_requests>")
	put("<logger><log>%s</log><errorlog>%s</errorlog><size>10M</size><count>3</count></logger>",
		filepath.Join(f.conf(), "clickhouse.log"), filepath.Join(f.conf(), "clickhouse.err.log"))
	put("<max_server_memory_usage_to_ram_ratio>%g</max_server_memory_usage_to_ram_ratio>", opts.MemoryRatio)
	put("<mark_cache_size>%d</mark_cache_size>", 128<<20)
	put("<primary_index_cache_size>%d</primary_index_cache_size>", 64<<20)
	put("<index_mark_cache_size>%d</index_mark_cache_size>", 16<<20)
	put("<uncompressed_cache_size>%d</uncompressed_cache_size>", 64<<20)
	put("<mmap_cache_size>64</mmap_cache_size>")
	put("<compiled_expression_cache_size>%d</compiled_expression_cache_size>", 32<<20)
	put("<query_cache><max_size_in_bytes>%d</max_size_in_bytes></query_cache>", 32<<20)
	put("<max_concurrent_queries>200</max_concurrent_queries>")
	put("<background_schedule_pool_size>4</background_schedule_pool_size>")
	put("<background_fetches_pool_size>1</background_fetches_pool_size>")
	put("<background_common_pool_size>2</background_common_pool_size>")
	put("<tables_loader_background_pool_size>2</tables_loader_background_pool_size>")
	put("<user_directories><users_xml><path>%s</path></users_xml></user_directories>", f.users())
	b.WriteString(opts.ExtraConfig)
	put("</clickhouse>")
	return b.String()
}

// usersXML defines the two users; the password is there as a hash only.
func usersXML(password string) string {
	sum := sha256.Sum256([]byte(password))
	return `<clickhouse>
<profiles><default/></profiles>
<quotas><default/></quotas>
<users>
<default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
<grants><query>GRANT SYSTEM LISTEN ON *.*</query></grants></default>
<` + appUser + `><password_sha256_hex>` + hex.EncodeToString(sum[:]) + `</password_sha256_hex><networks><ip>127.0.0.1</ip></networks>
<profile>default</profile><quota>default</quota><access_management>1</access_management></` + appUser + `>
</users>
</clickhouse>
`
}

// childArgs are the arguments of the child: the library, then clickhouse-local's.
func childArgs(f files, opts Options, httpPort int) []string {
	query := listenHTTP
	if opts.TCPPort != 0 {
		query += listenTCP
	}
	args := []string{
		opts.LibPath,
		"--config-file=" + f.config(),
		"--path=" + f.data(),
		"--log-level=warning",
		"--query", query + blockQuery,
		"--", fmt.Sprintf("--http_port=%d", httpPort),
	}
	if opts.TCPPort != 0 {
		args = append(args, fmt.Sprintf("--tcp_port=%d", opts.TCPPort))
	}
	return args
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // A strings.Builder does not fail.
	return b.String()
}

func newPassword() string {
	b := make([]byte, 24)
	_, _ = rand.Read(b) // Never fails: the runtime ends the process instead.
	return hex.EncodeToString(b)
}

// writeFile replaces a file that only the owner may read, all at once.
func writeFile(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // Made with 0600.
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // Gone already when all went well.
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
