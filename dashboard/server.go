package dashboard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/gofiber/fiber/v2/middleware/limiter"

	"chiso/charts/geo"
	"chiso/reform"
)

// Options are what a Server needs. Reader, Catalog, Renderer and Logger must be there.
type Options struct {
	Reader   Reader
	Loader   Loader   // nil: nothing can be loaded through the page
	Archive  Archive  // nil: no document can be downloaded
	Excerpts Excerpts // nil: no place in a document is shown
	Health   Health   // nil: health says only that the server itself is up
	// Scheduler reads sources; nil: no source can be read through the page.
	Scheduler Scheduler
	// Reviewer takes decisions of people; nil: they are shown and can't be taken through the page.
	Reviewer Reviewer
	// Notebook keeps targets, owners and notes; nil: they are shown and can't be entered through the page.
	Notebook Notebook
	// Configured are the sources of the configuration, which this program can read; a
	// schedule that never ran has not listed them yet.
	Configured []reform.SourceState
	Catalog    *reform.Catalog
	Renderer   Renderer
	Logger     *slog.Logger
	Now        func() time.Time // nil: time.Now

	Listen        string // host:port; decides who may write
	OperatorToken string // "" none: beyond loopback nothing can be written
	Version       string
	// Ready tells whether the shipped facts are loaded; nil: at once.
	Ready func() bool

	HomeUnit reform.UnitKey // "" vn63:80
	// Maps are shapes of the user's own by scheme; where there are none, those that ship with the program.
	Maps           map[reform.Scheme]*geo.Map
	UploadBytes    int64         // 0: 64 MiB
	RequestTimeout time.Duration // 0: 15 s
	LoadTimeout    time.Duration // 0: 10 min
	PictureWorkers int           // 0: 2
	// BaseURL is the address by which readers know this server, as https://chiso.example.vn;
	// it stands in links of files. "": the one that the reader used, where others can use it too.
	BaseURL string
	// EmbedOrigins may show pictures of /embed/ in their frames.
	EmbedOrigins []string
	// StageDir is where uploads wait between the dry run and the load; "": a folder
	// of the system's temporary files, removed at the end.
	StageDir string
}

// Server is the web server of chiso.
type Server struct {
	opt       Options
	log       *slog.Logger
	app       *fiber.App
	guard     *guard
	assets    *assetSet
	pages     *pageSet
	metrics   *metrics
	lastGood  *lastGood
	drawings  *drawings
	stage     *stage
	cited     citations
	known     revision
	searching searcher
	feeds     feedList
	disputes  disputes
	notes     ownMemory
	flights   flights
	hub       *hub
	nows      liveMemo
	listening atomic.Bool
	// refreshing lets one uploaded presentation be drawn anew at a time.
	refreshing sync.Mutex
	reports    chan struct{} // how many are written at once
}

// New builds a server; it opens no port yet.
func New(o Options) (*Server, error) {
	switch {
	case o.Reader == nil:
		return nil, errors.New("dashboard: Options.Reader is missing")
	case o.Catalog == nil:
		return nil, errors.New("dashboard: Options.Catalog is missing")
	case o.Renderer == nil:
		return nil, errors.New("dashboard: Options.Renderer is missing")
	case o.Logger == nil:
		return nil, errors.New("dashboard: Options.Logger is missing")
	}
	o = withDefaults(o)
	o.Reader = newAskingOnce(o.Reader)
	s := &Server{opt: o, log: o.Logger, metrics: newMetrics(), lastGood: newLastGood(256, 32<<20), drawings: newDrawings(o.PictureWorkers, 24<<20)}
	s.cited.byID = map[string]reform.Document{}
	s.hub = newHub(s.currentRev)
	s.reports = make(chan struct{}, o.PictureWorkers)
	var err error
	if s.guard, err = newGuard(o.Listen, o.OperatorToken, o.Now); err != nil {
		return nil, fmt.Errorf("dashboard: %w", err)
	}
	if s.assets, err = newAssets(o.Maps); err != nil {
		return nil, fmt.Errorf("dashboard: static files: %w", err)
	}
	if s.pages, err = newPages(s.assets); err != nil {
		return nil, fmt.Errorf("dashboard: templates: %w", err)
	}
	if s.stage, err = newStage(o.StageDir, o.Now); err != nil {
		return nil, fmt.Errorf("dashboard: %w", err)
	}
	if _, ok := s.unitOf(o.HomeUnit); !ok {
		return nil, fmt.Errorf("dashboard: home unit %s is not in the catalogue", o.HomeUnit)
	}
	s.app = s.newApp()
	return s, nil
}

func withDefaults(o Options) Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:8080"
	}
	if o.HomeUnit == "" {
		o.HomeUnit = "vn63:80"
	}
	if o.UploadBytes == 0 {
		o.UploadBytes = 64 << 20
	}
	if o.RequestTimeout == 0 {
		o.RequestTimeout = 15 * time.Second
	}
	if o.LoadTimeout == 0 {
		o.LoadTimeout = 10 * time.Minute
	}
	if o.PictureWorkers == 0 {
		o.PictureWorkers = 2
	}
	o.BaseURL = strings.TrimSuffix(o.BaseURL, "/") // a path follows
	return o
}

func (s *Server) newApp() *fiber.App {
	app := fiber.New(fiber.Config{
		AppName: "chiso",
		// Without Immutable a value kept after the handler changes under it.
		Immutable:                    true,
		DisableStartupMessage:        true,
		ErrorHandler:                 s.fail,
		ReadTimeout:                  2 * time.Minute, // of a whole request, an upload on a slow line included
		WriteTimeout:                 s.opt.LoadTimeout + time.Minute,
		IdleTimeout:                  2 * time.Minute,
		ReadBufferSize:               16 << 10, // of all headers together
		BodyLimit:                    smallBody,
		StreamRequestBody:            true, // see drain
		DisablePreParseMultipartForm: true,
		Concurrency:                  4096,
		RequestMethods:               []string{fiber.MethodGet, fiber.MethodHead, fiber.MethodPost},
		StrictRouting:                false,
		UnescapePath:                 false,
		EnablePrintRoutes:            false,
	})
	app.Use(s.identify, s.observe, s.drain, s.recoverPanic, s.remember)
	app.Use(compress.New(compress.Config{Level: compress.LevelDefault, Next: func(c *fiber.Ctx) bool {
		// Static files are compressed at start, pictures and files already are.
		return isBinaryPath(c.Path())
	}}))
	app.Use(s.tag)
	s.routes(app)
	return app
}

// get registers a reading page: it has a time limit and a last good answer.
func (s *Server) get(r fiber.Router, path, name string, h fiber.Handler) {
	r.Get(path, named(name, s.keep), limitTime(s.opt.RequestTimeout), h)
}

// getLive registers a reading page whose answer may change without a new revision.
func (s *Server) getLive(r fiber.Router, path, name string, h fiber.Handler) {
	r.Get(path, named(name, s.keepForOutage), limitTime(s.opt.RequestTimeout), h)
}

func (s *Server) routes(app *fiber.App) {
	app.Get("/static/*", named("static", s.serveStatic))
	app.Get("/favicon.ico", named("static", func(c *fiber.Ctx) error { return c.Redirect(s.assets.byName["icon.svg"].url, http.StatusFound) }))
	app.Get("/robots.txt", named("robots", func(c *fiber.Ctx) error { return c.Type("txt", "utf-8").SendString("User-agent: *\nAllow: /\n") }))

	s.get(app, "/", "overview", s.overview)
	s.get(app, "/rankings", "rankings", s.rankingsList)
	s.get(app, "/rankings/:index", "ranking", s.ranking)
	s.get(app, "/units", "units", s.units)
	s.get(app, "/units/:scheme/:slug", "unit", s.unit)
	s.get(app, "/units/:scheme/:slug/:code", "below", s.unitBelow)
	s.get(app, "/live", "live", s.live)
	app.Get("/live/events", named("live_events", s.liveEvents))
	s.get(app, "/compare", "compare", s.compare)
	s.get(app, "/analysis/board", "board", s.board)
	s.get(app, "/indices", "indices", s.indices)
	s.get(app, "/indices/:index", "index", s.index)
	s.getLive(app, "/sources", "sources", s.sources)
	s.getLive(app, "/sources/:name", "source", s.source)
	s.getLive(app, "/documents/:id", "document", s.document)
	app.Get("/documents/:id/raw", named("raw", s.rawDocument), limitTime(s.opt.RequestTimeout))
	s.get(app, "/facts", "trail", s.trail)
	s.getLive(app, "/runs", "runs", s.runs)
	s.getLive(app, "/runs/:id", "run", s.run)
	s.getLive(app, "/data", "data", s.data)
	s.getLive(app, "/problems", "problems", s.problems)
	s.getLive(app, "/revisions", "revisions", s.revisions)
	s.get(app, "/conflicts", "conflicts", s.conflicts)
	s.get(app, "/conflicts/number", "number", s.number)
	s.get(app, "/review", "review", s.review)
	s.get(app, "/review/:id", "candidate", s.candidate)
	s.get(app, "/goals", "goals", s.goals)
	s.get(app, "/goals.csv", "goals_csv", s.ownCSV)
	app.Get("/owners", named("owners", func(c *fiber.Ctx) error { return c.Redirect("/owners/par", http.StatusFound) }))
	s.get(app, "/owners/:index", "owners", s.owners)
	s.get(app, "/annotations", "annotations", s.annotations)
	s.get(app, "/own", "own_history", s.ownHistory)
	s.get(app, "/search", "search", s.search)
	s.deckRoutes(app)

	app.Get("/figures/:file", named("figure", limitTime(s.opt.RequestTimeout)), s.figureFile)
	app.Get("/tables/:name", named("table", s.tableRedirect))
	app.Get("/embed/:picture", named("embed", limitTime(s.opt.RequestTimeout)), s.embedPicture)
	app.Get("/export/unit.xlsx", named("unit_workbook", limitTime(s.opt.RequestTimeout)), s.unitWorkbook)
	app.Get("/oembed", named("oembed", limitTime(s.opt.RequestTimeout)), s.oembed)

	s.writingRoutes(app)
	s.apiRoutes(app.Group("/api/v1"))
	app.Use(named("none", func(c *fiber.Ctx) error {
		if c.Method() == fiber.MethodPost {
			return fiber.ErrMethodNotAllowed
		}
		return fiber.ErrNotFound
	}))
}

// deckRoutes are those of reports. A list of slides lies with its reader, so none of them writes here.
func (s *Server) deckRoutes(app *fiber.App) {
	brief, slow := limitTime(s.opt.RequestTimeout), limitTime(max(s.opt.RequestTimeout, time.Minute))
	app.Get("/deck", named("deck", brief), s.deckPage)
	app.Post("/deck", named("deck_change", brief), s.changeDeck)
	app.Post("/deck/upload", named("deck_upload", brief), s.uploadDeck)
	app.Get("/deck/slides.yaml", named("deck_yaml", brief), s.deckYAML)
	app.Get("/deck/file", named("deck_file", slow), s.deckFile)
	app.Get("/deck/recipe", named("deck_recipe", slow), s.deckRecipe)
}

func (s *Server) writingRoutes(app *fiber.App) {
	slow := limitTime(s.opt.LoadTimeout)
	app.Get("/load", named("load", s.writing), s.loadPage)
	app.Get("/load/template", named("load_template", s.writing), limitTime(s.opt.RequestTimeout), s.loadTemplate)
	app.Get("/load/mapping", named("load_mapping", s.writing), limitTime(s.opt.RequestTimeout), s.loadMapping)
	app.Post("/load", named("load_dry_run", s.writing), slow, s.loadDryRun)
	app.Post("/load/commit", named("load_commit", s.writing), slow, s.loadCommit)
	app.Get("/export/refresh", named("refresh", s.writing), s.refreshPage)
	app.Post("/export/refresh", named("refresh_deck", s.writing), slow, s.refreshUpload)
	brief := limitTime(s.opt.RequestTimeout)
	app.Post("/sources/:name/run", named("source_run", s.writing), brief, s.startSource)
	app.Post("/review/:id", named("candidate_decide", s.writing), brief, s.decideCandidate)
	app.Post("/conflicts/number", named("number_decide", s.writing), brief, s.decideNumber)
	app.Post("/goals", named("goal_add", s.writing), brief, s.addGoal)
	app.Post("/goals/withdraw", named("goal_withdraw", s.writing), brief, s.withdrawTarget)
	app.Post("/goals/upload", named("goals_upload", s.writing), brief, s.uploadOwn)
	app.Post("/owners/:index", named("owners_save", s.writing), brief, s.saveOwners)
	app.Post("/annotations", named("annotation_add", s.writing), brief, s.addAnnotation)
	app.Post("/annotations/withdraw", named("annotation_withdraw", s.writing), brief, s.withdrawNote)
	app.Get("/login", named("login", s.loginPage))
	// Ten guesses a minute and address; the token has at least 16 characters.
	app.Post("/login", named("login", limiter.New(limiter.Config{
		Max: 10, Expiration: time.Minute,
		LimitReached: func(*fiber.Ctx) error {
			return fiber.NewError(http.StatusTooManyRequests, "too many attempts; wait a minute")
		},
	})), s.login)
	app.Post("/logout", named("logout", s.logout))
}

// takesUploads reports whether the address is the one that takes a large body.
func (s *Server) takesUploads(c *fiber.Ctx) bool {
	return c.Path() == "/load" || c.Path() == "/goals/upload" || c.Path() == "/export/refresh"
}

// App is the Fiber application, for tests.
func (s *Server) App() *fiber.App { return s.app }

// Listen serves on ln until Shutdown. The address of ln decides who may write, whatever the options said.
func (s *Server) Listen(ln net.Listener) error {
	if host, port, err := net.SplitHostPort(ln.Addr().String()); err == nil {
		s.guard.host, s.guard.port, s.guard.local = host, port, loopback(host)
	}
	s.listening.Store(true)
	s.log.Info("serving", "address", "http://"+ln.Addr().String())
	return s.app.Listener(ln)
}

// Shutdown lets running requests end, until ctx is done.
func (s *Server) Shutdown(ctx context.Context) error {
	s.hub.close(ctx) // open streams would keep the server waiting for ever
	err := s.app.ShutdownWithContext(ctx)
	if s.stage.temporary {
		err = errors.Join(err, os.RemoveAll(s.stage.dir))
	}
	return err
}
