package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"strconv"
)

// The same in all languages: bench/rivals/README.md.
const (
	families         = 20
	lookupSeries     = 1000
	histograms       = 10_000
	observationsEach = 20
	durationCount    = 65536
)

var bounds = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5}

type labels struct{ exchange, symbol, channel string }

type xorshift uint64

func (x *xorshift) next() uint64 {
	*x ^= *x >> 12
	*x ^= *x << 25
	*x ^= *x >> 27
	return uint64(*x) * 0x2545F4914F6CDD1D
}

func symbolOf(index int) string { return fmt.Sprintf("SYM%05d-USD", index) }

func labelsOf(index int) labels {
	exchanges := [...]string{"kraken", "binance"}
	channels := [...]string{"trade", "spread", "ohlc", "book"}
	return labels{exchanges[index%2], symbolOf(index), channels[index/2%4]}
}

func familyName(family int) string { return fmt.Sprintf("bench_f%d_total", family) }

func valueOf(i int) int { return 1 + i*7919%1_000_000 }

func durations() []float64 {
	random := xorshift(0x9E3779B97F4A7C15)
	out := make([]float64, durationCount)
	below := 0
	for i := range out {
		unit := float64(random.next()>>11) * 0x1p-53
		out[i] = 1e-4 * math.Exp(math.Log(50_000)*unit)
		if out[i] <= 0.05 {
			below++
		}
	}
	if below != 37635 {
		refuse("every peer", "the table of durations is another one")
	}
	return out
}

func shuffledSeries() []labels {
	order := make([]int, lookupSeries)
	for i := range order {
		order[i] = i
	}
	random := xorshift(0xD1B54A32D192ED03)
	for i := lookupSeries - 1; i > 0; i-- {
		j := random.next() % uint64(i+1)
		order[i], order[j] = order[j], order[i]
	}
	sum := 0
	out := make([]labels, lookupSeries)
	for i, index := range order {
		sum += i * index
		out[i] = labelsOf(index)
	}
	if sum != 246_912_291 {
		refuse("every peer", "the order of the series is another one")
	}
	return out
}

// The sum of what the series of a lookup hold; 0 if one was found much more often than another, as
// each run goes round them from the first.
func sumIfEven(counts []uint64) uint64 {
	const runsMax = 100
	least, most, sum := counts[0], counts[0], uint64(0)
	for _, count := range counts {
		sum += count
		if count < least {
			least = count
		}
		if count > most {
			most = count
		}
	}
	if most-least > runsMax {
		return 0
	}
	return sum
}

type samples struct {
	lines  int
	sum    uint64 // of all values that are whole numbers
	counts uint64 // of the values of *_count
}

func readSamples(body []byte) samples {
	var out samples
	for _, line := range bytes.Split(body, []byte("\n")) {
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		out.lines++
		value, err := strconv.ParseFloat(string(line[bytes.LastIndexByte(line, ' ')+1:]), 64)
		if err != nil || value < 0 || value >= 1e15 || value != math.Floor(value) {
			continue
		}
		out.sum += uint64(value)
		name := line[:bytes.IndexAny(line, "{ ")]
		if bytes.HasSuffix(name, []byte("_count")) {
			out.counts += uint64(value)
		}
	}
	return out
}

func residentBytes() uint64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		refuse("every peer", err.Error())
	}
	var kib uint64
	at := bytes.Index(status, []byte("VmRSS:"))
	fmt.Sscanf(string(status[at:]), "VmRSS: %d", &kib)
	return kib * 1024
}

// A peer that does not count is no peer.
func refuse(peer, what string) {
	fmt.Fprintf(os.Stderr, "go_bench: %s: %s\n", peer, what)
	os.Exit(1)
}
