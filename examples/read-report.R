# Prints the expressions of a report as a table, and its caveats.
#
#     Rscript examples/read-report.R report
#
# The folder holds report.json and report.csv. Needs the package jsonlite.

folder <- commandArgs(trailingOnly = TRUE)[1]
if (is.na(folder)) {
  message("usage: Rscript examples/read-report.R FOLDER")
  quit(status = 2)
}
report <- jsonlite::fromJSON(file.path(folder, "report.json"), simplifyVector = FALSE)
if (report$schema != "telltale.report/1") {
  stop("the format is ", report$schema, ", not telltale.report/1")
}
cat(sprintf("%s: %d frames, %.2f s\n", report$clip$name, report$clip$frames, report$clip$duration))

# One row per expression; empty cells become NA.
expressions <- read.csv(file.path(folder, "report.csv"), na.strings = "")
print(expressions[c("kind", "onset_time", "apex_time", "offset_time", "verdict")], row.names = FALSE)

# A movement is null in frames without a face.
movement <- sapply(report$movement$values, function(value) if (is.null(value)) NA else value)
cat(sprintf(
  "frames with a face: %d, largest movement: %.2f\n",
  sum(!is.na(movement)), max(movement, na.rm = TRUE)
))
for (caveat in report$caveats) cat("caveat:", caveat, "\n")
