import CrewCore

/// A crew that was read from a file of its own.
struct MemberFile {
    /// The crew.
    let crew: Crew
    /// The file, from the root and without links.
    let path: String
    /// The folder in which it was named, likewise.
    let folder: String
}

extension Values {
    /// The files that make crews members in what was read of a crew, with the places that name them.
    func memberFiles(at place: [CrewProblem.PathElement]) -> [(path: String, place: [CrewProblem.PathElement])] {
        named("agents").flatMap { name, member in
            let place = place + ["agents", .key(name), "crew"]
            if let path = member.text("crew") { return [(path, place)] }
            return member.record("crew")?.memberFiles(at: place) ?? []
        }
    }
}

extension Crew {
    /// Writes the paths of files in the crew, and in those within it that have no file of their own, from the root, since a run
    /// may be taken up from elsewhere.
    mutating func recordFiles(from directory: String) {
        for index in models.indices {
            guard let file = models[index].certificateAuthorities else { continue }
            models[index].certificateAuthorities = FileBytes.absolute(file, in: directory)
        }
        for index in crews.indices where crews[index].file == nil {
            crews[index].crew.recordFiles(from: directory)
        }
    }
}
