// go_bench [--quick] --peer NAME CASE...
// Prints a line of JSON for each case; nothing for one that the peer does not have.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"sync"
	"time"
)

type peer interface {
	name() string
	inc(operations uint64)
	counted() uint64
	observe(operations uint64, values []float64, at int)
	observed() uint64
	lookupInc(operations uint64, series []labels)
	found(series []labels) uint64
	addCounter(family int, l labels, value int)
	addHistogram(symbol string, values []float64)
	scrape() []byte
}

var (
	repetitions = 7
	seconds     = 0.25 // of each repetition of the cases in nanoseconds, at least
)

func median(samples []float64) float64 {
	sort.Float64s(samples)
	return samples[len(samples)/2]
}

// Seconds of one run in all threads.
func timed(threads int, operations uint64, run func(operations uint64, thread int)) float64 {
	if threads == 1 {
		start := time.Now()
		run(operations, 0)
		return time.Since(start).Seconds()
	}
	var ready, done sync.WaitGroup
	begin := make(chan struct{})
	for i := 0; i < threads; i++ {
		ready.Add(1)
		done.Add(1)
		go func(thread int) {
			runtime.LockOSThread()
			ready.Done()
			<-begin
			run(operations, thread)
			done.Done()
		}(i)
	}
	ready.Wait()
	start := time.Now()
	close(begin)
	done.Wait()
	return time.Since(start).Seconds()
}

// Nanoseconds of one operation, in each of the threads.
func loop(p peer, name string, threads int, run func(operations uint64, thread int),
	counted func() uint64) {
	operations, total := uint64(1024), uint64(0)
	once := func() float64 {
		total += operations * uint64(threads)
		return timed(threads, operations, run)
	}
	// doubled until it is long enough to be scaled, which also warms everything up
	took := once()
	for ; took < seconds/4; took = once() {
		operations *= 2
	}
	if scale := seconds / took * 1.1; scale > 1 {
		operations = uint64(float64(operations)*scale) + 1
	}
	var out []float64
	for i := 0; i < repetitions; i++ {
		out = append(out, once()/float64(operations)*1e9)
	}
	if counted() != total {
		refuse(p.name(), fmt.Sprintf("%s: %d of %d were counted", name, counted(), total))
	}
	fmt.Printf("{\"peer\":%q,\"case\":%q,\"ns_per_op\":%.4g}\n", p.name(), name, median(out))
}

func scrapes(p peer, name string, holds func(samples) bool) {
	body := p.scrape()
	var out []float64
	for i := 0; i < repetitions; i++ {
		start := time.Now()
		body = p.scrape()
		out = append(out, time.Since(start).Seconds()*1e3)
	}
	if s := readSamples(body); !holds(s) {
		refuse(p.name(), fmt.Sprintf("%s: %+v", name, s))
	}
	fmt.Printf("{\"peer\":%q,\"case\":%q,\"ms\":%.4g,\"bytes\":%d}\n", p.name(), name, median(out),
		len(body))
}

func addCounters(p peer, series int) {
	for i := 0; i < series; i++ {
		p.addCounter(i%families, labelsOf(i/families), valueOf(i))
	}
}

func scrapeCounters(p peer, name string, series int) {
	addCounters(p, series)
	scrapes(p, name, func(s samples) bool {
		sum := uint64(0)
		for i := 0; i < series; i++ {
			sum += uint64(valueOf(i))
		}
		return s.lines == series && s.sum == sum
	})
}

func scrapeHistograms(p peer, name string) {
	values := durations()
	for i := 0; i < histograms; i++ {
		own := make([]float64, observationsEach)
		for n := range own {
			own[n] = values[(i*observationsEach+n)&(durationCount-1)]
		}
		p.addHistogram(symbolOf(i), own)
	}
	_, ownBuckets := p.(*vmMetrics)
	scrapes(p, name, func(s samples) bool {
		lines := s.lines == histograms*(len(bounds)+3) // each bound, +Inf, _sum and _count
		return (lines || ownBuckets) && s.counts == histograms*observationsEach
	})
}

func settledBytes() float64 {
	runtime.GC()
	debug.FreeOSMemory()
	return float64(residentBytes())
}

func bytesPerSeries(p peer) {
	const series = 1_000_000
	before := settledBytes()
	addCounters(p, series)
	bytes := (settledBytes() - before) / series
	if s := readSamples(p.scrape()); s.lines != series {
		refuse(p.name(), fmt.Sprintf("bytes_per_series: %+v", s))
	}
	fmt.Printf("{\"peer\":%q,\"case\":\"bytes_per_series\",\"bytes\":%.0f}\n", p.name(), bytes)
}

func run(p peer, name string) {
	switch name {
	case "inc1", "inc2":
		threads := int(name[len(name)-1] - '0')
		loop(p, name, threads, func(n uint64, _ int) { p.inc(n) }, p.counted)
	case "observe1", "observe2":
		values, threads := durations(), int(name[len(name)-1]-'0')
		loop(p, name, threads, func(n uint64, thread int) {
			p.observe(n, values, thread*durationCount/2) // threads are out of step
		}, p.observed)
	case "lookup_inc":
		series := shuffledSeries()
		p.lookupInc(lookupSeries, series) // the series exist
		loop(p, name, 1, func(n uint64, _ int) { p.lookupInc(n, series) },
			func() uint64 { return p.found(series) - lookupSeries })
	case "lookup_inc_prebuilt":
		vm, has := p.(*vmMetrics)
		if !has {
			return
		}
		series := shuffledSeries()
		names := make([]string, len(series))
		for i := range series {
			names[i] = fullName("bench_lookup_total", &series[i])
		}
		loop(p, name, 1, func(n uint64, _ int) { vm.lookupIncPrebuilt(n, names) },
			func() uint64 { return p.found(series) })
	case "scrape_counters_100k":
		scrapeCounters(p, name, 100_000)
	case "scrape_1m":
		scrapeCounters(p, name, 1_000_000)
	case "scrape_histograms_10k":
		scrapeHistograms(p, name)
	case "bytes_per_series":
		bytesPerSeries(p)
	default:
		refuse(p.name(), "there is no case "+name)
	}
}

func main() {
	var cases []string
	made := map[string]func() peer{
		"client_golang": func() peer { return newClientGolang() },
		"vm_metrics":    func() peer { return newVMMetrics() },
	}
	var make func() peer
	for i := 1; i < len(os.Args); i++ {
		switch os.Args[i] {
		case "--quick":
			repetitions, seconds = 3, 0.05
		case "--peer":
			if i++; i < len(os.Args) {
				make = made[os.Args[i]]
			}
		default:
			cases = append(cases, os.Args[i])
		}
	}
	if make == nil {
		refuse("--peer", "name client_golang or vm_metrics")
	}
	for _, name := range cases {
		run(make(), name)
	}
}
