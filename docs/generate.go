package docs

//go:generate go run ../internal/docgen
