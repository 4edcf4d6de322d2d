/* Feed files, and every file of directories, to a fuzz target: a kept corpus as an ordinary test. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "check.h"
#include "line.h"

static int fed;

static void feed_file(const char *path, size_t size) {
    uint8_t *data = malloc(size ? size : 1);
    FILE *file = fopen(path, "rb");
    CHECK(data != NULL && file != NULL);
    CHECK(fread(data, 1, size, file) == size);
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    fed++;
}

static void feed(const char *path) {
    struct stat status;
    if (stat(path, &status) != 0) {
        fprintf(stderr, "%s is not there\n", path);
        exit(1);
    }
    if (!S_ISDIR(status.st_mode)) {
        feed_file(path, (size_t)status.st_size);
        return;
    }
    DIR *directory = opendir(path);
    CHECK(directory != NULL);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char inside[4096];
        if (entry->d_name[0] == '.') continue;
        CHECK(snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name) < (int)sizeof inside);
        feed(inside);
    }
    closedir(directory);
}

int main(int count, char **paths) {
    for (int i = 1; i < count; i++) feed(paths[i]);
    printf("%d inputs\n", fed);
    return fed == 0;
}
