# Cohen's kappa of random tables by psych and vcd, for packages/core/src/agreement/chance.test.ts.
#
#   Rscript golden/agreement.R > golden/agreement.json       (Debian: r-cran-psych, r-cran-vcd)
suppressPackageStartupMessages({library(psych); library(vcd); library(jsonlite)})
set.seed(20)
cases <- lapply(1:12, function(i) {
  size <- 2 + i %% 4
  counts <- matrix(rpois(size^2, 4) + diag(rpois(size, 12)), size)
  list(
    counts = counts,
    psych = unname(cohen.kappa(counts)$kappa),
    vcd = unname(Kappa(counts)$Unweighted["value"])
  )
})
cat(toJSON(cases, digits = 12, auto_unbox = TRUE, pretty = 1), "\n")
