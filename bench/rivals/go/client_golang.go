package main

import (
	"bytes"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// client_golang. Its loops are methods of its own, so that nothing is called through an interface
// within them.
type clientGolang struct {
	registry   *prometheus.Registry
	counter    prometheus.Counter
	histogram  prometheus.Histogram
	lookup     *prometheus.CounterVec
	families   []*prometheus.CounterVec
	histograms *prometheus.HistogramVec
	out        bytes.Buffer
}

func newClientGolang() *clientGolang {
	names := []string{"exchange", "symbol", "channel"}
	counters := func(name string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(
			prometheus.CounterOpts{Name: name, Help: "Events counted."}, names)
	}
	latency := prometheus.HistogramOpts{
		Name: "bench_latency_seconds", Help: "Delays measured.", Buckets: bounds}
	p := &clientGolang{
		registry:   prometheus.NewRegistry(),
		counter:    prometheus.NewCounter(prometheus.CounterOpts{Name: "bench_total"}),
		histogram:  prometheus.NewHistogram(latency),
		lookup:     counters("bench_lookup_total"),
		histograms: prometheus.NewHistogramVec(latency, []string{"symbol"}),
	}
	p.registry.MustRegister(p.lookup, p.histograms)
	for i := 0; i < families; i++ {
		p.families = append(p.families, counters(familyName(i)))
		p.registry.MustRegister(p.families[i])
	}
	return p
}

func (p *clientGolang) name() string     { return "client_golang" }
func (p *clientGolang) counted() uint64  { return uint64(read(p.counter).GetCounter().GetValue()) }
func (p *clientGolang) observed() uint64 { return read(p.histogram).GetHistogram().GetSampleCount() }

func read(metric prometheus.Metric) *dto.Metric {
	var out dto.Metric
	if err := metric.Write(&out); err != nil {
		refuse("client_golang", err.Error())
	}
	return &out
}

func (p *clientGolang) inc(operations uint64) {
	counter := p.counter
	for ; operations > 0; operations-- {
		counter.Inc()
	}
}

func (p *clientGolang) observe(operations uint64, values []float64, at int) {
	histogram := p.histogram
	for ; operations > 0; operations-- {
		histogram.Observe(values[at&(durationCount-1)])
		at++
	}
}

func (p *clientGolang) lookupInc(operations uint64, series []labels) {
	lookup, at := p.lookup, 0
	for ; operations > 0; operations-- {
		l := &series[at]
		lookup.WithLabelValues(l.exchange, l.symbol, l.channel).Inc()
		if at++; at == lookupSeries {
			at = 0
		}
	}
}

func (p *clientGolang) found(series []labels) uint64 {
	var counts []uint64
	for _, l := range series {
		one := p.lookup.WithLabelValues(l.exchange, l.symbol, l.channel)
		counts = append(counts, uint64(read(one).GetCounter().GetValue()))
	}
	return sumIfEven(counts)
}

func (p *clientGolang) addCounter(family int, l labels, value int) {
	p.families[family].WithLabelValues(l.exchange, l.symbol, l.channel).Add(float64(value))
}

func (p *clientGolang) addHistogram(symbol string, values []float64) {
	histogram := p.histograms.WithLabelValues(symbol)
	for _, value := range values {
		histogram.Observe(value)
	}
}

// What its HTTP handler does to answer in text.
func (p *clientGolang) scrape() []byte {
	gathered, err := p.registry.Gather()
	if err != nil {
		refuse("client_golang", err.Error())
	}
	p.out.Reset()
	encoder := expfmt.NewEncoder(&p.out, expfmt.FmtText)
	for _, family := range gathered {
		if err := encoder.Encode(family); err != nil {
			refuse("client_golang", err.Error())
		}
	}
	return p.out.Bytes()
}
