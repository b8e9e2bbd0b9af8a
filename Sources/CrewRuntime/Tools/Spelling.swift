extension Sequence<String> {
    /// The words by how few letters must be changed to make another of them, then by their letters.
    func sortedByLikeness(to other: String) -> [String] {
        let target = Array(other.lowercased().unicodeScalars.prefix(64))
        return map { (word: $0, distance: target.distance(to: Array($0.lowercased().unicodeScalars))) }
            .sorted { ($0.distance, $0.word) < ($1.distance, $1.word) }
            .map(\.word)
    }
}

extension [Unicode.Scalar] {
    /// How many insertions, deletions and replacements make one word another (Levenshtein).
    fileprivate func distance(to other: [Unicode.Scalar]) -> Int {
        var row = Array<Int>(0...other.count)
        for (index, scalar) in enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, candidate) in other.enumerated() {
                let replaced = diagonal + (scalar == candidate ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = Swift.min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row.last ?? 0
    }
}
