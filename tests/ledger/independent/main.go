// An independent client of the log: golang.org/x/mod's sumdb/note and sumdb/tlog, which share nothing with this project but the public texts.
//
//	main SITE KEY KEPT INDEX...   KEPT: a file with an earlier checkpoint. Each INDEX is proved and verified under today's signed root.
package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var site string

func must(err error, what string) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
		os.Exit(1)
	}
}

func fetch(path string) ([]byte, error) {
	answer, err := http.Get(site + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

// tlogTilesPath writes a tile's address as c2sp.org/tlog-tiles does: without the height that Go's own has.
func tlogTilesPath(tile tlog.Tile) string {
	return "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
}

type reader struct{}

func (reader) Height() int                     { return 8 }
func (reader) SaveTiles([]tlog.Tile, [][]byte) {}
func (reader) ReadTiles(asked []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, len(asked))
	for i, tile := range asked {
		content, err := fetch(tlogTilesPath(tile))
		if err != nil {
			return nil, err
		}
		found[i] = content
	}
	return found, nil
}

// open checks the signature and reads the tree of a checkpoint.
func open(text []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, fmt.Errorf("no root hash")
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree, nil
}

func entry(index, size int64) []byte {
	tile := tlog.Tile{H: 8, L: 0, N: index / 256, W: 256}
	if left := size - tile.N*256; left < 256 {
		tile.W = int(left)
	}
	bundle, err := fetch(strings.Replace(tlogTilesPath(tile), "tile/0/", "tile/entries/", 1))
	must(err, "entries")
	for ; index%256 > 0; index-- {
		bundle = bundle[2+int(bundle[0])<<8+int(bundle[1]):]
	}
	return bundle[2 : 2+int(bundle[0])<<8+int(bundle[1])]
}

func main() {
	site = os.Args[1]
	verifier, err := note.NewVerifier(os.Args[2])
	must(err, "key")
	text, err := fetch("checkpoint")
	must(err, "checkpoint")
	tree, err := open(text, verifier)
	must(err, "checkpoint")
	hashes := tlog.TileHashReader(tree, reader{})
	for _, asked := range os.Args[4:] {
		index, err := strconv.ParseInt(asked, 10, 64)
		must(err, "index")
		proof, err := tlog.ProveRecord(tree.N, index, hashes)
		must(err, "tiles")
		must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry(index, tree.N))), "entry "+asked)
		fmt.Printf("entry %d is under the root of %d\n", index, tree.N)
	}
	kept, err := os.ReadFile(os.Args[3])
	must(err, "kept")
	older, err := open(kept, verifier)
	must(err, "kept")
	proof, err := tlog.ProveTree(tree.N, older.N, hashes)
	must(err, "tiles")
	must(tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash), "fork")
	fmt.Printf("the log of %d begins with that of %d\n", tree.N, older.N)
}
