extension String {
    /// What stands between `<data …>` and `</data …>`, each alone on its line; the text itself without them.
    var withoutDataMarks: String {
        var lines = split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, first.hasPrefix("<data "), lines.count > 2,
            lines.last == "</\(first.dropFirst())"
        else { return self }
        lines.removeFirst()
        lines.removeLast()
        return lines.joined(separator: "\n")
    }
}
