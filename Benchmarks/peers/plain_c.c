// C loops, with -O3 -march=native -fopenmp. Same tasks and same talk as common.py. As written, they are what a C compiler
// makes of plain loops; with -DBY_HAND what a patient programmer makes of them: AVX2, non-temporal stores, a minimum in
// vectors and a second look at the row that has it.
#ifdef BY_HAND
#include <immintrin.h>
#endif
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LAYERS = 200, TABLE_LAYERS = 64, STEPS = 500 };
static const double V = 102400, TARGET = 4.3e10, LOW = 64, HIGH = 160;
static const long N = (long)TABLE_LAYERS * STEPS * STEPS;
static double layers[LAYERS], width[STEPS], sequence[STEPS], *L, *d, *S, *M, *N1, *N2;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#ifndef BY_HAND

static void columns(void) {
#pragma omp parallel for simd schedule(static)
  for (long i = 0; i < N; i++) {
    double n1 = 12 * L[i] * d[i] * d[i];
    N1[i] = n1;
    N2[i] = n1 + V * d[i];
    M[i] = 6 * n1 + 12 * L[i] * d[i] * S[i];
  }
}

static void grid(void) {
#pragma omp parallel for schedule(static)
  for (long q = 0; q < (long)TABLE_LAYERS * STEPS; q++) {
    double l = layers[q / STEPS], w = width[q % STEPS], b = 12 * l * w, n1 = b * w, n2 = n1 + V * w;
    for (long k = 0; k < STEPS; k++) {
      M[q * STEPS + k] = 6 * n1 + b * sequence[k];
      N1[q * STEPS + k] = n1;
      N2[q * STEPS + k] = n2;
    }
  }
}

static long search(void) {
  double best = INFINITY;
  long place = -1;
#pragma omp parallel
  {
    double near = INFINITY;
    long at = -1;
#pragma omp for schedule(dynamic, 500) nowait
    for (long q = 0; q < (long)LAYERS * STEPS; q++) {
      double l = layers[q / STEPS], w = width[q % STEPS];
      if (w < LOW * l || w > HIGH * l) continue;
      for (long k = 0; k < STEPS; k++) {
        double e = fabs(72 * l * w * w + 12 * l * w * sequence[k] - TARGET);
        if (e < near) near = e, at = q * STEPS + k;
      }
    }
#pragma omp critical
    if (near < best || (near == best && at < place)) best = near, place = at;
  }
  return place;
}

#else

static void columns(void) {
  const __m256d twelve = _mm256_set1_pd(12), six = _mm256_set1_pd(6), v = _mm256_set1_pd(V);
#pragma omp parallel for schedule(static)
  for (long i = 0; i < N; i += 4) {
    __m256d l = _mm256_load_pd(L + i), w = _mm256_load_pd(d + i), s = _mm256_load_pd(S + i);
    __m256d b = _mm256_mul_pd(twelve, _mm256_mul_pd(l, w)), n1 = _mm256_mul_pd(b, w);
    _mm256_stream_pd(N1 + i, n1);
    _mm256_stream_pd(N2 + i, _mm256_fmadd_pd(v, w, n1));
    _mm256_stream_pd(M + i, _mm256_fmadd_pd(b, s, _mm256_mul_pd(six, n1)));
  }
}

static void grid(void) {
#pragma omp parallel for schedule(static)
  for (long q = 0; q < (long)TABLE_LAYERS * STEPS; q++) {
    double l = layers[q / STEPS], w = width[q % STEPS], b = 12 * l * w, n1 = b * w;
    const __m256d vb = _mm256_set1_pd(b), v1 = _mm256_set1_pd(n1), v2 = _mm256_set1_pd(n1 + V * w);
    const __m256d v6 = _mm256_set1_pd(6 * n1);
    for (long k = 0; k < STEPS; k += 4) {
      _mm256_stream_pd(M + q * STEPS + k, _mm256_fmadd_pd(vb, _mm256_loadu_pd(sequence + k), v6));
      _mm256_stream_pd(N1 + q * STEPS + k, v1);
      _mm256_stream_pd(N2 + q * STEPS + k, v2);
    }
  }
}

static long search(void) {
  const __m256d magnitude = _mm256_castsi256_pd(_mm256_set1_epi64x(0x7fffffffffffffffLL));
  double best = INFINITY;
  long row = -1;
#pragma omp parallel
  {
    double near = INFINITY;
    long at = -1;
#pragma omp for schedule(dynamic, 500) nowait
    for (long q = 0; q < (long)LAYERS * STEPS; q++) {
      double l = layers[q / STEPS], w = width[q % STEPS];
      if (w < LOW * l || w > HIGH * l) continue;
      double b = 12 * l * w, a = 6 * b * w - TARGET, lanes[4], least = INFINITY;
      __m256d vb = _mm256_set1_pd(b), va = _mm256_set1_pd(a), m[4];
      for (int u = 0; u < 4; u++) m[u] = _mm256_set1_pd(INFINITY);
      long k = 0;
      for (; k + 16 <= STEPS; k += 16)
        for (int u = 0; u < 4; u++) {
          __m256d e = _mm256_fmadd_pd(vb, _mm256_loadu_pd(sequence + k + 4 * u), va);
          m[u] = _mm256_min_pd(m[u], _mm256_and_pd(magnitude, e));
        }
      _mm256_storeu_pd(lanes, _mm256_min_pd(_mm256_min_pd(m[0], m[1]), _mm256_min_pd(m[2], m[3])));
      for (int u = 0; u < 4; u++) least = fmin(least, lanes[u]);
      for (; k < STEPS; k++) least = fmin(least, fabs(a + b * sequence[k]));
      if (least < near) near = least, at = q;
    }
#pragma omp critical
    if (near < best || (near == best && at < row)) best = near, row = at;
  }
  double l = layers[row / STEPS], w = width[row % STEPS];
  for (long k = 0; k < STEPS; k++)
    if (fabs(12 * l * w * (6 * w + sequence[k]) - TARGET) == best) return row * STEPS + k;
  return -1;
}

#endif

static void answer(const char *task, double seconds, long place) {
  if (strcmp(task, "search") == 0) {
    double l = layers[place / (STEPS * STEPS)], w = width[place / STEPS % STEPS], s = sequence[place % STEPS];
    printf(
      "{\"seconds\": %.9f, \"answer\": [%.0f, %.0f, %.0f, %.0f]}\n", seconds,
      fabs(72 * l * w * w + 12 * l * w * s - TARGET), l, w, s);
  } else {
    unsigned long long sum = 0;
    for (long i = 0; i < N; i++) sum += (unsigned long long)M[i];
    printf("{\"seconds\": %.9f, \"answer\": %lld}\n", seconds, (long long)sum);
  }
  fflush(stdout);
}

static double *column(void) { return aligned_alloc(64, (size_t)N * sizeof(double)); }

int main(void) {
  L = column(), d = column(), S = column(), M = column(), N1 = column(), N2 = column();
  if (!L || !d || !S || !M || !N1 || !N2) return 1;
  for (int i = 0; i < LAYERS; i++) layers[i] = i + 1;
  for (int i = 0; i < STEPS; i++) width[i] = sequence[i] = 64 * (i + 1);
#pragma omp parallel for schedule(static)
  for (long i = 0; i < N; i++) {
    L[i] = layers[i / (STEPS * STEPS)], d[i] = width[i / STEPS % STEPS], S[i] = sequence[i % STEPS];
    M[i] = N1[i] = N2[i] = 0;
  }
  columns(), grid(), search();
  puts("ready");
  fflush(stdout);
  char line[64];
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    long place = -1;
    double start = now();
    if (strcmp(line, "columns") == 0) columns();
    else if (strcmp(line, "grid") == 0) grid();
    else place = search();
    answer(line, now() - start, place);
  }
  return 0;
}
