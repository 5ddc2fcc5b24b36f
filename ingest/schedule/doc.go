// Package schedule reads the sources when their time has come, and says of each what
// came, when, and what is next.
//
// # Time
//
// A schedule is a cron expression of five fields, or @daily, @every 30m and the like,
// in the time of Viet Nam on whatever machine; a window narrows it to days of the year. Two
// things drive the same entries: Run, by cron's own runner and the clock of the machine,
// and Drive, by a clock of the caller, which lets a test live through a week in a second.
//
// # Once
//
// A source is read by one attempt at a time, among the goroutines of a process and among
// processes: the schedule, a catch-up and a person take turns, and who finds it busy does not
// wait. Each attempt is an event in the database when it begins and when it ends. After
// a downtime, a killed process included, a source whose time has passed meanwhile is read once,
// not once for each time, and only within its window.
//
// # One scheduler
//
// Where several instances share a database, one schedules. It says so by heartbeats; a
// second one that sees a fresh heartbeat refuses to schedule, says so, and takes over when the
// heartbeats have stopped.
package schedule
