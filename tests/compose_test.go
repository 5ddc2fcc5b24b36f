package tests

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

var pinned = regexp.MustCompile(`:\d+\.\d+\.\d+$`)

// loadCompose reads docker-compose.yml as docker compose does, in a folder with the secrets that
// its first lines tell the reader to make. No Docker engine runs where these tests do.
func loadCompose(t *testing.T, profiles ...string) *types.Project {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"docker-compose.yml", ".env"} {
		b, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "secrets"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"clickhouse_password": "x", "operator_token": "x", "interserver.env": "INTERSERVER_SECRET=x"} {
		if err := os.WriteFile(filepath.Join(dir, "secrets", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	opts, err := cli.NewProjectOptions([]string{filepath.Join(dir, "docker-compose.yml")},
		cli.WithWorkingDirectory(dir), cli.WithEnvFiles(), cli.WithDotEnv, cli.WithDefaultProfiles(profiles...))
	if err != nil {
		t.Fatal(err)
	}
	p, err := opts.LoadProject(context.Background())
	if err != nil {
		t.Fatalf("docker-compose.yml: %v", err)
	}
	return p
}

func TestComposeSingle(t *testing.T) {
	p := loadCompose(t)
	checkCompose(t, p, "clickhouse", "chiso")
}

func TestComposeCluster(t *testing.T) {
	p := loadCompose(t, "cluster")
	checkCompose(t, p, "keeper", "shard1", "shard2", "chiso-cluster")
	if env := p.Services["shard2"].Environment["INTERSERVER_SECRET"]; env == nil || *env == "" {
		t.Error("shard2 has no INTERSERVER_SECRET: shards would trust anybody")
	}
	if got := p.Services["chiso-cluster"].Environment["CHISO_CLICKHOUSE_CLUSTER"]; got == nil || *got != "chiso" {
		t.Errorf("cluster: got %v, want chiso, the name under remote_servers", got)
	}
}

func checkCompose(t *testing.T, p *types.Project, want ...string) {
	t.Helper()
	if got := len(p.Services); got != len(want) {
		t.Errorf("services: got %v, want %v", p.ServiceNames(), want)
	}
	for _, name := range want {
		s, ok := p.Services[name]
		if !ok {
			t.Errorf("no service %s", name)
			continue
		}
		if s.Build == nil && !pinned.MatchString(s.Image) {
			t.Errorf("%s: image %s is not pinned to a version", name, s.Image)
		}
		if s.HealthCheck == nil {
			t.Errorf("%s: no health check", name)
		}
		if len(s.Volumes) == 0 {
			t.Errorf("%s: no volume, so its data would be lost", name)
		}
		for _, port := range s.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s: port %s is published on %q, want loopback only", name, port.Published, port.HostIP)
			}
		}
		for k, v := range s.Environment {
			if k == "CLICKHOUSE_PASSWORD" && v != nil {
				t.Errorf("%s: a password stands in the environment, want a secret file", name)
			}
		}
	}
}
