package main

import (
	"bytes"

	"github.com/VictoriaMetrics/metrics"
)

// VictoriaMetrics/metrics. A series is found by its name with labels as one text; its histograms
// have buckets of their own, 18 to a power of ten, and expose only those that are not empty.
type vmMetrics struct {
	set       *metrics.Set
	counter   *metrics.Counter
	histogram *metrics.Histogram
	looked    *metrics.Set
	out       bytes.Buffer
}

func newVMMetrics() *vmMetrics {
	single := metrics.NewSet()
	return &vmMetrics{
		set:       metrics.NewSet(),
		counter:   single.NewCounter("bench_total"),
		histogram: single.NewHistogram("bench_latency_seconds"),
		looked:    metrics.NewSet(),
	}
}

func (p *vmMetrics) name() string    { return "vm_metrics" }
func (p *vmMetrics) counted() uint64 { return p.counter.Get() }

func (p *vmMetrics) observed() uint64 {
	sum := uint64(0)
	p.histogram.VisitNonZeroBuckets(func(_ string, count uint64) { sum += count })
	return sum
}

func (p *vmMetrics) inc(operations uint64) {
	counter := p.counter
	for ; operations > 0; operations-- {
		counter.Inc()
	}
}

func (p *vmMetrics) observe(operations uint64, values []float64, at int) {
	histogram := p.histogram
	for ; operations > 0; operations-- {
		histogram.Update(values[at&(durationCount-1)])
		at++
	}
}

// Its documentation makes names with Sprintf; joining them is the fastest way.
func fullName(family string, l *labels) string {
	return family + `{exchange="` + l.exchange + `",symbol="` + l.symbol + `",channel="` +
		l.channel + `"}`
}

func (p *vmMetrics) lookupInc(operations uint64, series []labels) {
	set, at := p.looked, 0
	for ; operations > 0; operations-- {
		set.GetOrCreateCounter(fullName("bench_lookup_total", &series[at])).Inc()
		if at++; at == lookupSeries {
			at = 0
		}
	}
}

func (p *vmMetrics) lookupIncPrebuilt(operations uint64, names []string) {
	set, at := p.looked, 0
	for ; operations > 0; operations-- {
		set.GetOrCreateCounter(names[at]).Inc()
		if at++; at == lookupSeries {
			at = 0
		}
	}
}

func (p *vmMetrics) found(series []labels) uint64 {
	var counts []uint64
	for i := range series {
		one := p.looked.GetOrCreateCounter(fullName("bench_lookup_total", &series[i]))
		counts = append(counts, one.Get())
	}
	return sumIfEven(counts)
}

func (p *vmMetrics) addCounter(family int, l labels, value int) {
	p.set.GetOrCreateCounter(fullName(familyName(family), &l)).Add(value)
}

func (p *vmMetrics) addHistogram(symbol string, values []float64) {
	histogram := p.set.GetOrCreateHistogram(`bench_latency_seconds{symbol="` + symbol + `"}`)
	for _, value := range values {
		histogram.Update(value)
	}
}

func (p *vmMetrics) scrape() []byte {
	p.out.Reset()
	p.set.WritePrometheus(&p.out)
	return p.out.Bytes()
}
